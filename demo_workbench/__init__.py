"""A small course for the blocks of Quoin: the workbench of the XBlock SDK, with what an LMS has.

    QUOIN_WORKBENCH_SECRET=... python -m demo_workbench --tool-url http://127.0.0.1:8000 --key-id ID

``settings`` starts from the SDK's, ``apps`` lets the workbench keep completions and scores,
``services`` answers the blocks as an LMS does, ``blocks`` are a lesson and a quiz to complete.
Demo and tests alone: it is in no wheel.
"""

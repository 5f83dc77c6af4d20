"""The demo's course: a unit for each way in which a competency is proved.

The keys are those of the tool's demo institution.
"""

_LESSON = """
<demo_lesson display_name="Why tables go wrong"
  text="A missing value, a date in another order, the same person twice: most errors are small."/>
"""
_SECOND = """
<demo_lesson display_name="Saying what was done"
  text="Every change to the data is written down, so that somebody else can undo it."/>
"""
_QUIZ = """
<demo_quiz display_name="A question" question="Which join keeps every row of the left table?"
  answers="INNER JOIN|LEFT JOIN|CROSS JOIN" right="1"/>
"""
_PANEL = '<quoin_progress display_name="My microcredentials"/>'

SCENARIOS = [
    (
        "Course: watch two lessons",
        f"""<vertical_demo>{_LESSON}{_SECOND}
          <quoin_competency display_name="Data cleaning" competency_id="cleaning"/>
          {_PANEL}</vertical_demo>""",
    ),
    (
        "Course: reach a score",
        f"""<vertical_demo>{_LESSON}{_QUIZ}
          <quoin_competency display_name="Queries in SQL" competency_id="sql" mode="score"
            threshold="0.8"/>
          {_PANEL}</vertical_demo>""",
    ),
    (
        "Course: hand in artefacts",
        f"""<vertical_demo>
          <quoin_competency display_name="Honest charts" competency_id="charts" mode="checklist"
            checklist='["A bar chart of your own data", "A line chart with a caption"]'/>
          {_PANEL}</vertical_demo>""",
    ),
    (
        "Course: attested by the team",
        f"""<vertical_demo>
          <quoin_competency display_name="Data ethics" competency_id="ethics" mode="attestation"/>
          {_PANEL}</vertical_demo>""",
    ),
    (
        "Course: a whole subsection",
        f"""<vertical_demo>
          <vertical_demo>{_LESSON}</vertical_demo>
          <vertical_demo>{_SECOND}
            <quoin_competency display_name="Everyday statistics" competency_id="statistics"
              watch_scope="subsection"/>
          </vertical_demo></vertical_demo>""",
    ),
]

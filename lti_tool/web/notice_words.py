"""What a page says after a form was taken."""

from __future__ import annotations

from lti_tool.translating import Words

NOTICES = Words(
    {
        "language-chosen": "The pages, and mails if you get any, speak this language from now on.",
        "page-published": "The public page is there. Whoever knows its address sees it.",
        "page-withdrawn": "The public page is withdrawn. Its address shows nothing any more.",
        "grade-shown": "The credential is being signed anew, with your grade. It is here in a "
        "moment.",
        "grade-hidden": "The credential is being signed anew, without a grade. It is here in a "
        "moment.",
        "accounts-joined": "The accounts are joined. You see the credentials of all of them here.",
        "accounts-parted": "The account is parted. Every award stays where it was earned.",
        "news-read": "You have read your news.",
        "element-aligned": "It is aligned. Credentials that are issued from now on say so.",
        "element-unaligned": "The alignment is taken away. Credentials that are issued keep it.",
        "described": "The description holds from now on. Credentials that are issued keep theirs.",
        "calendar-started": "Your address is there. Enter it in your calendar.",
        "calendar-renewed": "Your address is a new one. The one before shows nothing any more.",
        "calendar-ended": "Your address is ended. It shows nothing any more.",
        "news-settings-kept": "Your choice is kept.",
        "news-code-sent": "Your choice is kept. A mail with a code is on its way; enter the "
        "code here.",
        "news-confirmed": "The address is confirmed.",
        "request-sent": "Your request is with the registrar. You see the answer here.",
        "evidence-sent": "Your evidence is handed in. You see the answer here.",
        "completion-recorded": "The completion is recorded.",
        "completion-withdrawn": "The completion is withdrawn.",
        "completion-withdrawn-review": (
            "The completion is withdrawn. Awards that rested on it now wait for a review."
        ),
        "evidence-accepted": "The evidence is accepted and the completion is recorded.",
        "evidence-decided": "This evidence was decided already. Nothing was done twice.",
        "evidence-returned": "The evidence is returned with your note.",
        "outside-recognised": "The credential is recognised, and counts.",
        "outside-awarded": "The credential is recognised, and an award followed from it at once.",
        "outside-declined": "The credential is not recognised. The learner reads your reason.",
        "course-copied": "What is placed in the other course is placed here now.",
        "reading-asked": "The platform is asked now. Load this page again in a moment.",
        "connection-added": "The connection is there. The platform is asked at once.",
        "connection-changed": "The connection is changed. The platform is asked at once.",
        "connection-ended": "The connection has ended. What it recorded stays.",
        "roster-refreshed": "The list of learners is up to date.",
        "score-again": "The score is sent again.",
        "scores-again": "The scores are sent again.",
        "score-anyway": "Our score is sent over the other grade.",
        "score-left": "The other grade stays as it is.",
        "score-unchanged": "Nothing was left to do: it is on its way, or done already.",
        "draft-deleted": "The draft is deleted. What was published of it stays.",
        "draft-submitted": "The draft waits for somebody's approval.",
        "draft-approved": "The draft is approved. It can be published now.",
        "draft-published": "The stack is published. It counts for whatever is recorded from now "
        "on.",
        "column-again": "The column is made again, and its scores are sent.",
        "column-renamed": "The column has its present name.",
        "column-deleted": "The column is deleted. It is made again only if you say so.",
    }
)
"""What a page says after a redirect; the address carries the name, never the words."""

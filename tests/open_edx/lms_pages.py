"""The addresses of the Open edX under test: the consumer's own, and a few for the tests.

Those of the tests stand for pages of the LMS and of Studio: signing in, saving a block, opening
it, adding content to it, and the Django administration.
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth import get_user_model, login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from lti_consumer import api
from lti_consumer.models import LtiAgsScore, LtiConfiguration

from tests.open_edx import lms_course as course


@csrf_exempt
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as somebody."""
    login(request, get_user_model().objects.get(username=request.POST["username"]))
    return HttpResponse("signed in")


@csrf_exempt
def save_block(request: HttpRequest, name: str) -> JsonResponse:
    """Save a block with these fields, as Studio does; give what Studio shows for the tool."""
    key = course.usage_key(name)
    course.BLOCKS.setdefault(str(key), {}).update(json.loads(request.body))
    launch = course.load_block(key, "maria").get_lti_1p3_launch_data()
    return JsonResponse(api.get_lti_1p3_launch_info(launch) | {"location": str(key)})


def open_block(request: HttpRequest, name: str) -> HttpResponse:
    """Open a block as a page of the course does: off to the tool."""
    block = course.load_block(course.usage_key(name), request.user.username)
    return HttpResponseRedirect(api.get_lti_1p3_content_url(block.get_lti_1p3_launch_data()))


def add_content(request: HttpRequest, name: str) -> HttpResponse:
    """Follow Studio's link for deep linking: off to the tool."""
    block = course.load_block(course.usage_key(name), request.user.username)
    launch = block.get_lti_1p3_launch_data()
    return HttpResponseRedirect(api.get_lti_1p3_launch_start_url(launch, deep_link_launch=True))


def show_block(_: HttpRequest, name: str) -> JsonResponse:
    """Tell what the platform holds of a block."""
    found = LtiConfiguration.objects.get(location=course.usage_key(name))
    columns = [
        {
            "label": item.label,
            "tag": item.tag,
            "resource_id": item.resource_id,
            "resource_link_id": str(item.resource_link_id or ""),
            "maximum": item.score_maximum,
            "scores": {score.user_id: score.score_given for score in item.scores.all()},
        }
        for item in found.ltiagslineitem_set.order_by("id")
    ]
    contents = [
        {"type": content.content_type} | dict(content.attributes)
        for content in found.ltidlcontentitem_set.order_by("id")
    ]
    grades = course.GRADES.get(str(course.usage_key(name)), {})
    return JsonResponse({"columns": columns, "contents": contents, "grades": grades})


@csrf_exempt
def change_score(request: HttpRequest, name: str, username: str) -> HttpResponse:
    """Change a stored score, as the Django administration of the consumer lets staff do."""
    values: dict[str, Any] = json.loads(request.body)
    score = LtiAgsScore.objects.get(
        line_item__lti_configuration__location=course.usage_key(name),
        user_id=course.external_id(username),
    )
    score.score_given = values["score"]
    score.save()
    return HttpResponse("changed")


urlpatterns = [
    path("sign-in", sign_in),
    path("blocks/<name>/save", save_block),
    path("blocks/<name>/open", open_block),
    path("blocks/<name>/add", add_content),
    path("blocks/<name>/scores/<username>", change_score),
    path("blocks/<name>", show_block),
    path("api/", include("lti_consumer.plugin.urls")),
]

"""A page that passes a course for whoever asks, as a submitted problem does."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from tests.django_block.plugin.events import pass_course


def submit(request: HttpRequest, user_id: int) -> HttpResponse:
    """Fire the event of a passed course; ``?fail=1`` breaks the request after it."""
    pass_course(user_id)
    if request.GET.get("fail"):
        raise RuntimeError("the rest of the request failed")
    return HttpResponse("stored")


urlpatterns = [path("submit/<int:user_id>", submit)]

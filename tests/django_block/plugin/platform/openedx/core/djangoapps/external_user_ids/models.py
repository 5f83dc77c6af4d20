"""As much of the platform's external ids as the plugin reads; same names, same columns."""

from uuid import uuid4

from django.conf import settings
from django.db import models


class ExternalIdType(models.Model):
    """lti, xapi, caliper."""

    name = models.CharField(max_length=32, unique=True)

    class Meta:
        app_label = "external_user_ids"


class ExternalId(models.Model):
    """A random id of one user for one type."""

    external_user_id = models.UUIDField(default=uuid4, unique=True)
    external_id_type = models.ForeignKey(ExternalIdType, on_delete=models.CASCADE)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False
    )

    class Meta:
        app_label = "external_user_ids"

    @classmethod
    def add_new_user_id(cls, user, type_name):
        """Give (id, whether it is new); (None, False) where the type is missing."""
        try:
            type_ = ExternalIdType.objects.get(name=type_name)
        except ExternalIdType.DoesNotExist:
            return None, False
        return cls.objects.get_or_create(user=user, external_id_type=type_)

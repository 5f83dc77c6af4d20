"""The outbox."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.CreateModel(
            name="OutboxRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=255, unique=True)),
                ("kind", models.CharField(max_length=32)),
                ("user_id", models.BigIntegerField(null=True)),
                ("subject", models.CharField(blank=True, default="", max_length=255)),
                ("course_key", models.CharField(blank=True, max_length=255)),
                ("competency", models.CharField(blank=True, max_length=255)),
                ("completed_at", models.DateTimeField()),
                ("grade", models.CharField(max_length=64, null=True)),
                ("evidence", models.JSONField(null=True)),
                ("state", models.CharField(default="pending", max_length=16)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("claim", models.CharField(blank=True, default="", max_length=32)),
                ("problem", models.TextField(blank=True, default="")),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "quoin_xblock_outbox",
                "indexes": [
                    models.Index(fields=["state", "due_at"], name="quoin_outbox_due"),
                    models.Index(fields=["user_id", "competency"], name="quoin_outbox_learner"),
                ],
            },
        ),
    ]

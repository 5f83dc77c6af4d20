"""Create the ledger: every table, and the triggers that keep its records as they were."""

import sqlalchemy as sa
from alembic import op

revision = "0001_create_ledger"
down_revision = None

INSTANT = sa.DateTime(timezone=True)
EXACT = sa.Numeric().with_variant(sa.String(64), "sqlite")
APPEND_ONLY = ("completions", "withdrawals", "awards", "audit_events", "stack_versions")


def upgrade() -> None:
    _create_institutions()
    _create_registrations()
    _create_tool_keys()
    _create_achievements()
    _create_audit_events()
    _create_deployments()
    _create_learners()
    _create_logins()
    _create_contexts()
    _create_identities()
    _create_stacks()
    _create_completions()
    _create_deliveries()
    _create_line_items()
    _create_memberships()
    _create_placements()
    _create_stack_versions()
    _create_awards()
    _create_evidence()
    _create_resource_links()
    _create_withdrawals()
    _create_award_reviews()
    _create_launch_sessions()
    for table in APPEND_ONLY:
        _refuse_changes(table)


def downgrade() -> None:
    for table in APPEND_ONLY:
        _allow_changes(table)
    op.drop_table("launch_sessions")
    op.drop_table("award_reviews")
    op.drop_table("withdrawals")
    op.drop_table("resource_links")
    op.drop_table("evidence")
    op.drop_table("awards")
    op.drop_table("stack_versions")
    op.drop_table("placements")
    op.drop_table("memberships")
    op.drop_table("line_items")
    op.drop_table("deliveries")
    op.drop_table("completions")
    op.drop_table("stacks")
    op.drop_table("identities")
    op.drop_table("contexts")
    op.drop_table("logins")
    op.drop_table("learners")
    op.drop_table("deployments")
    op.drop_table("audit_events")
    op.drop_table("achievements")
    op.drop_table("tool_keys")
    op.drop_table("registrations")
    op.drop_table("institutions")


def _create_institutions() -> None:
    op.create_table(
        "institutions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institutions")),
        sa.UniqueConstraint("key", name=op.f("uq_institutions_key")),
        sa.UniqueConstraint("uuid", name=op.f("uq_institutions_uuid")),
    )


def _create_registrations() -> None:
    op.create_table(
        "registrations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("authorization_url", sa.Text(), nullable=False),
        sa.Column("token_url", sa.Text(), nullable=False),
        sa.Column("token_audience", sa.Text(), nullable=True),
        sa.Column("jwks_url", sa.Text(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("issuer", "client_id", name=op.f("uq_registrations_issuer_client_id")),
        sa.UniqueConstraint("uuid", name=op.f("uq_registrations_uuid")),
    )


def _create_tool_keys() -> None:
    op.create_table(
        "tool_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("encrypted_private_key", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_keys")),
        sa.UniqueConstraint("kid", name=op.f("uq_tool_keys_kid")),
    )


def _create_achievements() -> None:
    op.create_table(
        "achievements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("credits", EXACT, nullable=False),
        sa.Column("scale", sa.String(length=50), nullable=False),
        sa.Column("is_award", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_achievements_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_achievements")),
        sa.UniqueConstraint(
            "institution_id", "key", name=op.f("uq_achievements_institution_id_key")
        ),
        sa.UniqueConstraint("uuid", name=op.f("uq_achievements_uuid")),
    )
    op.create_index(
        op.f("ix_achievements_institution_id"), "achievements", ["institution_id"], unique=False
    )


def _create_audit_events() -> None:
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("action", sa.String(length=50), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_audit_events_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
        sa.UniqueConstraint("uuid", name=op.f("uq_audit_events_uuid")),
    )
    op.create_index(op.f("ix_audit_events_at"), "audit_events", ["at"], unique=False)
    op.create_index(
        op.f("ix_audit_events_institution_id"), "audit_events", ["institution_id"], unique=False
    )


def _create_deployments() -> None:
    op.create_table(
        "deployments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.String(length=255), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_deployments_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_deployments_registration_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployments")),
        sa.UniqueConstraint(
            "registration_id",
            "deployment_id",
            name=op.f("uq_deployments_registration_id_deployment_id"),
        ),
        sa.UniqueConstraint("uuid", name=op.f("uq_deployments_uuid")),
    )
    op.create_index(
        op.f("ix_deployments_institution_id"), "deployments", ["institution_id"], unique=False
    )
    op.create_index(
        op.f("ix_deployments_registration_id"), "deployments", ["registration_id"], unique=False
    )


def _create_learners() -> None:
    op.create_table(
        "learners",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_learners_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learners")),
        sa.UniqueConstraint("uuid", name=op.f("uq_learners_uuid")),
    )
    op.create_index(
        op.f("ix_learners_institution_id"), "learners", ["institution_id"], unique=False
    )


def _create_logins() -> None:
    op.create_table(
        "logins",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("target_link_uri", sa.Text(), nullable=False),
        sa.Column("lti_deployment_id", sa.String(length=255), nullable=True),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_logins_registration_id")
        ),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_logins")),
    )
    op.create_index(op.f("ix_logins_expires_at"), "logins", ["expires_at"], unique=False)


def _create_contexts() -> None:
    op.create_table(
        "contexts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("lti_context_id", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("line_items_url", sa.Text(), nullable=True),
        sa.Column("grade_scopes", sa.JSON(), nullable=False),
        sa.Column("memberships_url", sa.Text(), nullable=True),
        sa.Column("roster_synced_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployments.id"], name=op.f("fk_contexts_deployment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contexts")),
        sa.UniqueConstraint(
            "deployment_id", "lti_context_id", name=op.f("uq_contexts_deployment_id_lti_context_id")
        ),
        sa.UniqueConstraint("uuid", name=op.f("uq_contexts_uuid")),
    )
    op.create_index(op.f("ix_contexts_deployment_id"), "contexts", ["deployment_id"], unique=False)


def _create_identities() -> None:
    op.create_table(
        "identities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_identities_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name=op.f("fk_identities_learner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sa.UniqueConstraint(
            "institution_id",
            "authority",
            "subject",
            name=op.f("uq_identities_institution_id_authority_subject"),
        ),
    )
    op.create_index(op.f("ix_identities_learner_id"), "identities", ["learner_id"], unique=False)


def _create_stacks() -> None:
    op.create_table(
        "stacks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("achievement_id", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["achievements.id"], name=op.f("fk_stacks_achievement_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_stacks_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stacks")),
        sa.UniqueConstraint("institution_id", "key", name=op.f("uq_stacks_institution_id_key")),
        sa.UniqueConstraint("uuid", name=op.f("uq_stacks_uuid")),
    )
    op.create_index(op.f("ix_stacks_institution_id"), "stacks", ["institution_id"], unique=False)


def _create_completions() -> None:
    op.create_table(
        "completions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("achievement_id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=True),
        sa.Column("grade", EXACT, nullable=True),
        sa.Column("scale", sa.String(length=50), nullable=False),
        sa.Column("credits", EXACT, nullable=False),
        sa.Column("is_recognised", sa.Boolean(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=50), nullable=False),
        sa.Column("idempotency_key", sa.String(length=255), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["achievements.id"], name=op.f("fk_completions_achievement_id")
        ),
        sa.ForeignKeyConstraint(
            ["context_id"], ["contexts.id"], name=op.f("fk_completions_context_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_completions_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name=op.f("fk_completions_learner_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["learners.id"], name=op.f("fk_completions_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_completions")),
        sa.UniqueConstraint(
            "institution_id",
            "idempotency_key",
            name=op.f("uq_completions_institution_id_idempotency_key"),
        ),
        sa.UniqueConstraint("uuid", name=op.f("uq_completions_uuid")),
    )
    op.create_index(
        op.f("ix_completions_achievement_id"), "completions", ["achievement_id"], unique=False
    )
    op.create_index(op.f("ix_completions_context_id"), "completions", ["context_id"], unique=False)
    op.create_index(op.f("ix_completions_learner_id"), "completions", ["learner_id"], unique=False)


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("lane", sa.String(length=255), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("achievement_id", sa.Integer(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_answer", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["achievements.id"], name=op.f("fk_deliveries_achievement_id")
        ),
        sa.ForeignKeyConstraint(
            ["context_id"], ["contexts.id"], name=op.f("fk_deliveries_context_id")
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name=op.f("fk_deliveries_learner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("key", name=op.f("uq_deliveries_key")),
        sa.UniqueConstraint("uuid", name=op.f("uq_deliveries_uuid")),
    )
    op.create_index(op.f("ix_deliveries_context_id"), "deliveries", ["context_id"], unique=False)
    op.create_index(op.f("ix_deliveries_lane"), "deliveries", ["lane"], unique=False)
    op.create_index(op.f("ix_deliveries_learner_id"), "deliveries", ["learner_id"], unique=False)
    op.create_index("ix_deliveries_state_due_at", "deliveries", ["state", "due_at"], unique=False)


def _create_line_items() -> None:
    op.create_table(
        "line_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("achievement_id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.String(length=255), nullable=False),
        sa.Column("resource_link_id", sa.String(length=255), nullable=True),
        sa.Column("score_maximum", EXACT, nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("claimed_until", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["achievements.id"], name=op.f("fk_line_items_achievement_id")
        ),
        sa.ForeignKeyConstraint(
            ["context_id"], ["contexts.id"], name=op.f("fk_line_items_context_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_items")),
        sa.UniqueConstraint(
            "context_id", "achievement_id", name=op.f("uq_line_items_context_id_achievement_id")
        ),
    )
    op.create_index(op.f("ix_line_items_context_id"), "line_items", ["context_id"], unique=False)


def _create_memberships() -> None:
    op.create_table(
        "memberships",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("is_instructor", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"], ["contexts.id"], name=op.f("fk_memberships_context_id")
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name=op.f("fk_memberships_learner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint(
            "context_id", "learner_id", name=op.f("uq_memberships_context_id_learner_id")
        ),
    )
    op.create_index(op.f("ix_memberships_context_id"), "memberships", ["context_id"], unique=False)
    op.create_index(op.f("ix_memberships_learner_id"), "memberships", ["learner_id"], unique=False)


def _create_placements() -> None:
    op.create_table(
        "placements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("achievement_id", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["achievements.id"], name=op.f("fk_placements_achievement_id")
        ),
        sa.ForeignKeyConstraint(
            ["context_id"], ["contexts.id"], name=op.f("fk_placements_context_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["learners.id"], name=op.f("fk_placements_created_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placements")),
        sa.UniqueConstraint(
            "context_id", "achievement_id", name=op.f("uq_placements_context_id_achievement_id")
        ),
        sa.UniqueConstraint("uuid", name=op.f("uq_placements_uuid")),
    )
    op.create_index(op.f("ix_placements_context_id"), "placements", ["context_id"], unique=False)


def _create_stack_versions() -> None:
    op.create_table(
        "stack_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("stack_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["stack_id"], ["stacks.id"], name=op.f("fk_stack_versions_stack_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stack_versions")),
        sa.UniqueConstraint("stack_id", "number", name=op.f("uq_stack_versions_stack_id_number")),
        sa.UniqueConstraint("uuid", name=op.f("uq_stack_versions_uuid")),
    )
    op.create_index(
        op.f("ix_stack_versions_stack_id"), "stack_versions", ["stack_id"], unique=False
    )


def _create_awards() -> None:
    op.create_table(
        "awards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("stack_id", sa.Integer(), nullable=False),
        sa.Column("stack_version_id", sa.Integer(), nullable=False),
        sa.Column("achievement_id", sa.Integer(), nullable=False),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.Column("receipt", sa.JSON(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["achievements.id"], name=op.f("fk_awards_achievement_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_awards_institution_id")
        ),
        sa.ForeignKeyConstraint(["learner_id"], ["learners.id"], name=op.f("fk_awards_learner_id")),
        sa.ForeignKeyConstraint(["stack_id"], ["stacks.id"], name=op.f("fk_awards_stack_id")),
        sa.ForeignKeyConstraint(
            ["stack_version_id"], ["stack_versions.id"], name=op.f("fk_awards_stack_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_awards")),
        sa.UniqueConstraint("learner_id", "stack_id", name=op.f("uq_awards_learner_id_stack_id")),
        sa.UniqueConstraint("uuid", name=op.f("uq_awards_uuid")),
    )
    op.create_index(op.f("ix_awards_learner_id"), "awards", ["learner_id"], unique=False)
    op.create_index(op.f("ix_awards_stack_id"), "awards", ["stack_id"], unique=False)


def _create_evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("achievement_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("submitted_at", INSTANT, nullable=False),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("completion_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["achievements.id"], name=op.f("fk_evidence_achievement_id")
        ),
        sa.ForeignKeyConstraint(
            ["completion_id"], ["completions.id"], name=op.f("fk_evidence_completion_id")
        ),
        sa.ForeignKeyConstraint(
            ["context_id"], ["contexts.id"], name=op.f("fk_evidence_context_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["learners.id"], name=op.f("fk_evidence_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name=op.f("fk_evidence_learner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("uuid", name=op.f("uq_evidence_uuid")),
    )
    op.create_index(op.f("ix_evidence_context_id"), "evidence", ["context_id"], unique=False)
    op.create_index(op.f("ix_evidence_learner_id"), "evidence", ["learner_id"], unique=False)


def _create_resource_links() -> None:
    op.create_table(
        "resource_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("lti_resource_link_id", sa.String(length=255), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"], ["contexts.id"], name=op.f("fk_resource_links_context_id")
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_resource_links_placement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_links")),
        sa.UniqueConstraint(
            "context_id",
            "lti_resource_link_id",
            name=op.f("uq_resource_links_context_id_lti_resource_link_id"),
        ),
        sa.UniqueConstraint("uuid", name=op.f("uq_resource_links_uuid")),
    )
    op.create_index(
        op.f("ix_resource_links_context_id"), "resource_links", ["context_id"], unique=False
    )


def _create_withdrawals() -> None:
    op.create_table(
        "withdrawals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("completion_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["completion_id"], ["completions.id"], name=op.f("fk_withdrawals_completion_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["learners.id"], name=op.f("fk_withdrawals_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawals")),
        sa.UniqueConstraint("completion_id", name=op.f("uq_withdrawals_completion_id")),
    )


def _create_award_reviews() -> None:
    op.create_table(
        "award_reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("withdrawal_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["award_id"], ["awards.id"], name=op.f("fk_award_reviews_award_id")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawal_id"], ["withdrawals.id"], name=op.f("fk_award_reviews_withdrawal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_reviews")),
        sa.UniqueConstraint(
            "award_id", "withdrawal_id", name=op.f("uq_award_reviews_award_id_withdrawal_id")
        ),
        sa.UniqueConstraint("uuid", name=op.f("uq_award_reviews_uuid")),
    )
    op.create_index(op.f("ix_award_reviews_award_id"), "award_reviews", ["award_id"], unique=False)


def _create_launch_sessions() -> None:
    op.create_table(
        "launch_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("resource_link_id", sa.Integer(), nullable=True),
        sa.Column("is_instructor", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=35), nullable=True),
        sa.Column("deep_linking", sa.JSON(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"], ["contexts.id"], name=op.f("fk_launch_sessions_context_id")
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name=op.f("fk_launch_sessions_learner_id")
        ),
        sa.ForeignKeyConstraint(
            ["resource_link_id"],
            ["resource_links.id"],
            name=op.f("fk_launch_sessions_resource_link_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_launch_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_launch_sessions_token_hash")),
        sa.UniqueConstraint("uuid", name=op.f("uq_launch_sessions_uuid")),
    )
    op.create_index(
        op.f("ix_launch_sessions_context_id"), "launch_sessions", ["context_id"], unique=False
    )
    op.create_index(
        op.f("ix_launch_sessions_expires_at"), "launch_sessions", ["expires_at"], unique=False
    )
    op.create_index(
        op.f("ix_launch_sessions_learner_id"), "launch_sessions", ["learner_id"], unique=False
    )


def _refuse_changes(table: str) -> None:
    """Let the database itself refuse to rewrite history, whoever asks."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
    )


def _allow_changes(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{act}")
        return
    op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    op.execute(f"DROP FUNCTION {table}_append_only()")

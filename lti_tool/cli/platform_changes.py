"""quoin platform approve, revoke, enable, disable, set, remove."""

from __future__ import annotations

from uuid import UUID

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import carry_out, open_database
from lti_tool.lti.families import ProductFamily
from lti_tool.services.approve_deployment import approve_deployment
from lti_tool.services.change_platform import PlatformChanges, change_platform
from lti_tool.services.remove_platform import remove_platform
from lti_tool.services.revoke_deployment import revoke_deployment
from lti_tool.services.share_identities import share_identities
from lti_tool.services.show_platform import show_platform
from lti_tool.services.switch_platform import switch_platform

FAMILIES = click.Choice([family.value for family in ProductFamily])

FRAME_HELP = "Address (https://host) at which people see this LMS, beside its own; repeatable."

platform_id = click.argument("platform", metavar="ID", type=click.UUID)
deployment_option = click.option(
    "--deployment", required=True, help="Deployment id, exactly as the LMS writes it."
)


@click.command("approve")
@platform_id
@deployment_option
@click.option("--institution", required=True, help="Key of the institution it belongs to.")
@friendly
def approve(platform: UUID, deployment: str, institution: str) -> None:
    """Let an installation of the tool in, for an institution.

    Example: quoin platform approve ID --deployment 3 --institution harbour
    """
    carry_out(approve_deployment, platform, deployment, institution)
    click.echo(f"Deployment {deployment} is approved for {institution}.")


@click.command("revoke")
@platform_id
@deployment_option
@friendly
def revoke(platform: UUID, deployment: str) -> None:
    """Let an installation of the tool in no longer; what is recorded stays.

    Example: quoin platform revoke ID --deployment 3
    """
    carry_out(revoke_deployment, platform, deployment)
    click.echo(f"Deployment {deployment} is revoked.")


@click.command("enable")
@platform_id
@friendly
def enable(platform: UUID) -> None:
    """Let an LMS launch again, or confirm one that waits for it.

    Example: quoin platform enable ID
    """
    carry_out(switch_platform, platform, is_enabled=True)
    click.echo("Launches are let in.")


@click.command("disable")
@platform_id
@click.option("--reason", help="Why, for those who look at it later.")
@friendly
def disable(platform: UUID, reason: str | None) -> None:
    """Refuse all launches of an LMS and call none of its services.

    Example: quoin platform disable ID --reason "Contract ended"
    """
    carry_out(switch_platform, platform, is_enabled=False, reason=reason)
    click.echo("Launches are refused.")


@click.command("set")
@platform_id
@click.option("--name", help="What people call this LMS.")
@click.option("--family", type=FAMILIES, help="Which product it is.")
@click.option("--institution", help="Institution that new deployments go to.")
@click.option("--auto-approve/--no-auto-approve", default=None, help="Approve them at once.")
@click.option("--add-host", "added", multiple=True, help="Host of further services; repeatable.")
@click.option("--drop-host", "dropped", multiple=True, help="Take such a host out; repeatable.")
@click.option(
    "--shares-identities/--own-identities",
    "is_shared",
    default=None,
    help="A person has the same id under all client ids of its issuer, or not.",
)
@click.option("--frame-origin", "framed", multiple=True, help=FRAME_HELP)
@click.option("--drop-frame-origin", "unframed", multiple=True, help="Take such out; repeatable.")
@friendly
def set_(
    platform: UUID,
    name: str | None,
    family: str | None,
    institution: str | None,
    auto_approve: bool | None,  # noqa: FBT001
    added: tuple[str, ...],
    dropped: tuple[str, ...],
    is_shared: bool | None,  # noqa: FBT001
    framed: tuple[str, ...],
    unframed: tuple[str, ...],
) -> None:
    """Change what you decide about an LMS; issuer and client id never change.

    Example: quoin platform set ID --family canvas --institution harbour --auto-approve
    """
    kept = show_platform(open_database(), platform)
    changes = PlatformChanges(
        name=name,
        family=ProductFamily(family) if family else None,
        institution_key=institution,
        approves_deployments=auto_approve,
        hosts=_changed(kept.service_hosts, added, dropped),
        frame_origins=_changed(kept.frame_origins, framed, unframed),
    )
    if is_shared is None or changes != PlatformChanges():
        carry_out(change_platform, platform, changes)
    if is_shared is not None:
        _share(platform, is_shared=is_shared)
    click.echo("Done; 'quoin platform show' shows it.")


def _share(platform: UUID, *, is_shared: bool) -> None:
    """Switch whose user ids they are, and say who was taken along."""
    found = carry_out(share_identities, platform, is_shared=is_shared)
    click.echo(f"People taken along: {found.moved}.")
    if found.apart:
        click.echo(
            f"People who stay two learners, one of them no longer launched: {found.apart}. "
            "What is recorded of them is not moved."
        )


def _changed(
    kept: tuple[str, ...], added: tuple[str, ...], dropped: tuple[str, ...]
) -> tuple[str, ...] | None:
    """Return what is kept after the change, None when nothing was asked for."""
    if not added and not dropped:
        return None
    return tuple(value for value in (*kept, *added) if value not in dropped)


@click.command("remove")
@platform_id
@friendly
def remove(platform: UUID) -> None:
    """Remove an LMS by which nobody has come yet.

    Example: quoin platform remove ID
    """
    carry_out(remove_platform, platform)
    click.echo("Removed.")

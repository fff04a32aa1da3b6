"""The commands about recognition, put together; the first argument may be a policy."""

from __future__ import annotations

import click

from tallystick.cases_command import appeal, cases, checkpoint, dismiss, review
from tallystick.decide_command import decide_case
from tallystick.desk_command import desk_courier, desk_person, desk_restore, init_desk, serve_desk
from tallystick.policy_command import policy
from tallystick.replay_command import replay_decisions
from tallystick.report_command import report
from tallystick.suggest_command import suggest_outcomes
from tallystick.verify_decision_command import verify_decision


class Deciding(click.Group):
    """A group whose first argument may be a policy: to decide by it is what it is for."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read "recognise POLICY …" as "recognise decide POLICY …"."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["decide", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Deciding)
def recognise() -> None:
    """Decide about prior learning by an adopted policy, check and oversee such decisions.

    "tallystick recognise POLICY CREDENTIAL..." decides.
    """


for _command in (
    policy,
    decide_case,
    suggest_outcomes,
    verify_decision,
    appeal,
    dismiss,
    review,
    cases,
    checkpoint,
    replay_decisions,
    report,
    init_desk,
    serve_desk,
    desk_courier,
    desk_person,
    desk_restore,
):
    recognise.add_command(_command)

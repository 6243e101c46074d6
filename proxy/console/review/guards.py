"""What does the database itself refuse to do to a request, whatever the code above it does?

A state follows another only as the table of steps has it; only an approval opens something; what was asked,
decided, opened and done is never changed and never deleted. Who may decide stands in `barred`, what may be
approved in `unlawful`.
"""

from collections.abc import Mapping

from proxy.console.audit.triggers import Guard, changed, differs, kept, same
from proxy.console.review import barred, unlawful
from proxy.console.review.barred import APPEAL, ASKING, CASE, DECISION, MOVE, OPENING, TICKET

COUNTED, BLOCKS, PERMITTED = "review_counted", "review_countedblock", "review_permitted"

FOLLOWS = (
    "submitted>in_review", "submitted>withdrawn", "in_review>submitted", "in_review>needs_answer",
    "in_review>approved", "in_review>denied", "in_review>withdrawn", "needs_answer>in_review",
    "needs_answer>denied", "needs_answer>submitted", "needs_answer>withdrawn", "denied>appealed",
    "denied>closed", "appealed>in_appeal", "appealed>denied", "in_appeal>appealed", "in_appeal>approved",
    "in_appeal>closed", "in_appeal>denied", "approved>revoked", "approved>expired",
)  # fmt: skip
"""Which state may follow which; the same as in `workflow.TABLE`, kept here as this migration laid it down."""

_NEVER = {
    DECISION: "a decision is never changed",
    MOVE: "the history of a case is never changed",
    TICKET: "a used ticket stays used",
}
_FROZEN = {
    ASKING: (
        "id", "case_id", "asker_id", "subject", "at", "ticket", "evidence", "url", "purpose", "audience",
        "teacher_id", "lasts", "begins", "ends",
    ),
    APPEAL: ("id", "case_id", "by_id", "guardian", "asking_id", "at", "grounds"),
    OPENING: (
        "id", "case_id", "decision_id", "action", "host", "path", "query", "exact", "category", "audience",
        "begins", "ends",
    ),
    CASE: ("id", "kind", "lane", "school", "host", "path", "query", "reach", "opened_at"),
    COUNTED: ("case_id", "day", "school", "kind"),
    BLOCKS: ("id", "case_id", "day", "school", "list_id", "category"),
    PERMITTED: (
        "id", "incident", "technique", "host", "audience", "school", "decided_by", "reason", "at", "by_id",
        "ends",
    ),
}  # fmt: skip
_ALIKE = {
    CASE: (same("id"), same("join_key")),
    ASKING: (
        same("id"),
        same("ticket"),
        same("case_id", "asker_id") + " AND o.withdrawn_at IS NULL",
        same("case_id", "subject")
        + " AND o.withdrawn_at IS NULL AND coalesce(o.asker_id, NEW.asker_id) IS NULL",
    ),
    DECISION: (
        same("id"),
        same("case_id", "stage") + " AND o.appeal_id IS NULL AND NEW.appeal_id IS NULL",
        same("appeal_id", "stage"),
    ),
    MOVE: (same("id"),),
    APPEAL: (
        same("id"),
        same("case_id") + " AND o.withdrawn_at IS NULL AND NEW.withdrawn_at IS NULL",
    ),
    TICKET: (same("ticket"),),
    OPENING: (same("id"),),
    COUNTED: (same("case_id"),),
    BLOCKS: (same("id"), same("case_id", "list_id", "category")),
    PERMITTED: (same("id"),),
}
"""What no two rows of a table have in common."""
_UNDER_APPEAL = "{}.state IN ('appealed', 'in_appeal')"
_ASKS = f"EXISTS (SELECT 1 FROM {ASKING} a WHERE a.case_id = NEW.id AND a.withdrawn_at IS NULL)"


def _taking_back(vendor: str) -> dict[str, Guard]:
    """An appeal is heard from its beginning until it is answered or taken back; the case goes with it.

    Whoever puts one in or takes one back writes that alone: the case is appealed or denied in the same
    statement, so that no appeal keeps others from theirs that nobody hears, and none waits for the answer to
    one that was taken back.
    """
    heard = f"SELECT 1 FROM {CASE} k WHERE k.id = NEW.case_id AND {_UNDER_APPEAL.format('k')}"
    return {
        "review_appeal_begins_heard": Guard(
            APPEAL,
            "INSERT",
            "an appeal begins neither returned nor taken back",
            """NEW.returned_at IS NOT NULL OR NEW.returned_by_id IS NOT NULL
                OR NEW.withdrawn_at IS NOT NULL OR NEW.withdrawn_by_id IS NOT NULL""",
        ),
        "review_appeal_leads_to_hearing": Guard(
            APPEAL,
            "INSERT",
            does=f"""UPDATE {CASE} SET state = 'appealed', duty = 'appeal_officer'
                WHERE id = NEW.case_id AND state = 'denied'""",
        ),
        "review_appeal_is_taken_back": Guard(
            APPEAL,
            "UPDATE",
            "an appeal that waits for its answer is taken back by who put it in",
            f"""({changed(("withdrawn_at", "withdrawn_by_id"), vendor)}) AND (NEW.withdrawn_at IS NULL
                OR NEW.withdrawn_by_id {differs(vendor)} NEW.by_id OR NOT EXISTS ({heard}))""",
            locks=f"{CASE} WHERE id = NEW.case_id",
        ),
        "review_appeal_leaves_denied": Guard(
            APPEAL,
            "UPDATE",
            when="OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL",
            does=f"""UPDATE {CASE} SET state = 'denied', duty = '', holder_id = NULL, official_id = NULL,
                due_at = NULL, remind_at = NULL, escalates_at = NULL, clock_left = NULL
                WHERE id = NEW.case_id""",
        ),
        "review_case_is_denied_again": Guard(
            CASE,
            "UPDATE",
            "a case is denied again when its appeal is taken back",
            f"""NEW.state = 'denied' AND {_UNDER_APPEAL.format("OLD")} AND EXISTS (
                SELECT 1 FROM {APPEAL} b WHERE b.case_id = NEW.id AND b.withdrawn_at IS NULL)""",
        ),
    }


def _time_to_appeal() -> dict[str, Guard]:
    """The time to appeal a denial does not shrink, and a denial is closed when it has passed."""
    shorter = "NEW.appeal_until IS NULL OR NEW.appeal_until < OLD.appeal_until"
    early = "OLD.appeal_until IS NULL OR NEW.ended_at IS NULL OR NEW.ended_at < OLD.appeal_until"
    still = " AND ".join(f"({row}.state = 'denied' OR {_UNDER_APPEAL.format(row)})" for row in ("OLD", "NEW"))
    return {
        "review_case_stays_appealable": Guard(
            CASE,
            "UPDATE",
            "the time to appeal is not made shorter",
            f"{still} AND OLD.appeal_until IS NOT NULL AND ({shorter})",
        ),
        "review_case_closed_in_time": Guard(
            CASE,
            "UPDATE",
            "a denial is closed when the time to appeal has passed",
            f"OLD.state = 'denied' AND NEW.state = 'closed' AND ({early})",
        ),
    }


def rules(vendor: str) -> Mapping[str, Guard]:
    """All guards of requests by the names of their triggers."""
    allowed = ", ".join(f"'{pair}'" for pair in FOLLOWS)
    guards = {
        **barred.rules(vendor),
        **unlawful.rules(vendor),
        **_taking_back(vendor),
        **_time_to_appeal(),
        "review_case_follows_the_table": Guard(
            CASE,
            "UPDATE",
            "no step leads from that state to this one",
            f"NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN ({allowed})",
        ),
        "review_case_begins_submitted": Guard(
            CASE,
            "INSERT",
            "a case begins as submitted, and nobody holds it yet",
            "NEW.state <> 'submitted' OR NEW.holder_id IS NOT NULL",
        ),
        "review_case_is_withdrawn_by_all": Guard(
            CASE,
            "UPDATE",
            "a case is withdrawn when nobody asks any more",
            f"NEW.state = 'withdrawn' AND OLD.state <> NEW.state AND {_ASKS}",
        ),
        "review_appeal_ends_once": Guard(
            APPEAL,
            "UPDATE",
            "what became of an appeal is never changed, and what was answered is not withdrawn",
            f"""(OLD.returned_at IS NOT NULL AND ({changed(("returned_at", "returned_by_id"), vendor)}))
                OR (OLD.withdrawn_at IS NOT NULL AND ({
                changed(("withdrawn_at", "withdrawn_by_id", "returned_at"), vendor)
            }))
                OR ({changed(("withdrawn_at",), vendor)} AND EXISTS (SELECT 1 FROM {DECISION} d
                    WHERE d.appeal_id = NEW.id AND d.stage = 'appeal'))""",
        ),
        "review_opening_by_approval": Guard(
            OPENING,
            "INSERT",
            "only an approval of the same case opens something, and only a correction mends a listing",
            f"""NOT EXISTS (SELECT 1 FROM {DECISION} d
                WHERE d.id = NEW.decision_id AND d.case_id = NEW.case_id
                AND d.outcome IN ('approved', 'narrowed', 'overturned')
                AND (NEW.action <> 'correction' OR d.listing = 'correction'))""",
        ),
        "review_opening_is_of_the_case": Guard(
            OPENING,
            "INSERT",
            "what is opened is the site that was asked for, and what should be blocked opens nothing",
            f"""NOT EXISTS (SELECT 1 FROM {CASE} k
                WHERE k.id = NEW.case_id AND (k.host = NEW.host OR NEW.action = 'listed')
                AND k.kind <> 'not_working' AND (k.kind = 'should_block') = (NEW.action = 'block'))""",
        ),
        "review_opening_stays_revoked": Guard(
            OPENING,
            "UPDATE",
            "what was revoked stays revoked",
            f"OLD.revoked_at IS NOT NULL AND ({changed(('revoked_at',), vendor)})",
        ),
        "review_asking_stays_withdrawn": Guard(
            ASKING,
            "UPDATE",
            "what was withdrawn stays withdrawn",
            f"OLD.withdrawn_at IS NOT NULL AND ({changed(('withdrawn_at',), vendor)})",
        ),
        "review_counted_stays_counted": Guard(
            COUNTED,
            "UPDATE",
            "what counts as asked, late or answered goes on to",
            f"""NEW.asked < OLD.asked OR (OLD.late AND NOT NEW.late) OR (OLD.in_school_us IS NOT NULL
                AND ({changed(("in_school_us", "by_clock_us"), vendor)}))""",
        ),
        "review_countedblock_stays_counted": Guard(
            BLOCKS,
            "UPDATE",
            "what counts as answered or approved goes on to",
            "(OLD.answered AND NOT NEW.answered) OR (OLD.approved AND NOT NEW.approved)",
        ),
    }
    for table, columns in _FROZEN.items():
        words = "what was asked and opened is never changed"
        guards[f"{table}_is_frozen"] = Guard(table, "UPDATE", words, changed(columns, vendor))
    for table, words in _NEVER.items():
        guards[f"{table}_stays"] = Guard(table, "UPDATE", words)
    for table, alike in _ALIKE.items():
        guards |= kept(table, table, "what was asked, decided and done is kept", alike, vendor)
    del guards[f"{PERMITTED}_is_kept"]  # a permit goes some time after its incident: see the guards of those
    return guards

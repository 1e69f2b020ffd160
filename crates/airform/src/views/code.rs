//! The stable code of everything that the program says of a plan. `airform explain` has a text for
//! each, and a code never changes its meaning.

use std::collections::BTreeMap;

use model::plan::{Action, BlockerCause, Plan, Reason};

/// The code of a reason not to carry a plan out.
pub(crate) const fn of_blocker(cause: &BlockerCause) -> &'static str {
    match cause {
        BlockerCause::Ambiguous { .. } => "plan::ambiguous",
        BlockerCause::AdoptionRefused { .. } => "plan::adoption-refused",
        BlockerCause::AdoptionWouldReplace { .. } => "plan::adoption-would-replace",
        BlockerCause::NameTaken { .. } => "plan::name-taken",
        BlockerCause::MoveTaken { .. } => "plan::move-taken",
        BlockerCause::ImportMissing { .. } => "plan::import-missing",
        BlockerCause::ImportTaken { .. } => "plan::import-taken",
        BlockerCause::RenameCycle { .. } => "plan::rename-cycle",
        BlockerCause::WorkspaceReplaced { .. } => "plan::workspace-replaced",
        BlockerCause::WorkspaceReplaceUnconfirmed { .. } => "plan::workspace-replace-unconfirmed",
        BlockerCause::DestroyPrevented => "plan::destroy-prevented",
        BlockerCause::ConnectorReplaced { .. } => "plan::connector-replaced",
        BlockerCause::TemplateInUse { .. } => "plan::template-in-use",
        BlockerCause::UnknownDefinition { .. } => "plan::unknown-definition",
        BlockerCause::AmbiguousDefinition { .. } => "plan::ambiguous-definition",
        BlockerCause::ExternalMissing { .. } => "plan::external-missing",
        BlockerCause::OwnedByAnother { .. } => "plan::owned-by-another",
        BlockerCause::HiddenValueLost => "plan::hidden-value-lost",
        BlockerCause::KindUnavailable { .. } => "plan::kind-unavailable",
        BlockerCause::KindVanished { .. } => "plan::kind-vanished",
        BlockerCause::Guarded { .. } => "plan::guarded",
        BlockerCause::NothingToRotate { .. } => "plan::nothing-to-rotate",
        BlockerCause::Unsettled { .. } => "plan::unsettled",
        BlockerCause::WorkspaceDeletesUnconfirmed { .. } => "plan::workspace-deletes-unconfirmed",
    }
}

/// The code of a reason for what is done about a resource.
pub(crate) const fn of_reason(reason: &Reason) -> &'static str {
    match reason {
        Reason::AsDeclared => "reason::as-declared",
        Reason::External => "reason::external",
        Reason::UndeclaredKept => "reason::undeclared-kept",
        Reason::DefaultWorkspace => "reason::default-workspace",
        Reason::New => "reason::new",
        Reason::Vanished => "reason::vanished",
        Reason::Edited => "reason::edited",
        Reason::Drifted => "reason::drifted",
        Reason::EditedAndDrifted => "reason::edited-and-drifted",
        Reason::Differs => "reason::differs",
        Reason::Immutable { .. } => "reason::immutable",
        Reason::Triggered { .. } => "reason::triggered",
        Reason::FoundByName => "reason::found-by-name",
        Reason::AnswerLost => "reason::answer-lost",
        Reason::Moved { .. } => "reason::moved",
        Reason::NotRemembered => "reason::not-remembered",
        Reason::SecretsAtHand => "reason::secrets-at-hand",
        Reason::Asked => "reason::asked",
        Reason::Rotated => "reason::rotated",
        Reason::Undone => "reason::undone",
        Reason::Imported => "reason::imported",
        Reason::Removed => "reason::removed",
        Reason::Pruned => "reason::pruned",
        Reason::Destroyed => "reason::destroyed",
        Reason::GoesWithWorkspace => "reason::goes-with-workspace",
        Reason::LeftOut => "reason::left-out",
        Reason::Deposed => "reason::deposed",
        Reason::Orphaned => "reason::orphaned",
        Reason::GoneAndUndeclared => "reason::gone-and-undeclared",
    }
}

/// The codes of the reasons in a plan, each with how often it was one. None where nothing changes.
pub(crate) fn reasons(plan: &Plan) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for change in plan.changes.values().filter(|change| change.action != Action::NoOp) {
        *counts.entry(of_reason(&change.reason)).or_default() += 1;
    }
    let words: Vec<String> =
        counts.iter().map(|(code, count)| format!("{code} ({count})")).collect();
    (!words.is_empty()).then(|| format!("reasons: {}", words.join(", ")))
}

//! What happened in a case, as its journal tells it. An event is in the past tense, carries
//! ids and sealed references, never words that people wrote and never who they are.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::StaffRole;
use crate::case::{
    CaseKind, ClosingReason, Conflict, ObservationKind, Party, Relation, Role, Visibility,
};
use crate::embargo::{Acceptance, EndCause, ProposalReason};
use crate::identifier::Identifier;
use crate::note::{Remains, Section, When};
use crate::participant::Wording;
use crate::pec::PecStep;
use crate::policy::Policy;
use crate::report::{Analysis, DeclineReason, Submission};
use crate::rm::RmStep;
use crate::score::Vector;
use crate::ssvc::Selection;
use crate::status::{Answers, Delivery, ProductStatus};
use crate::{
    AccountId, AdvisoryId, AttachmentId, CaseId, CaseNumber, CommentId, ContactId, CveId,
    DisputeId, Instant, LetterId, MessageId, ObservationId, ParticipantId, ProductId, ProposalId,
    ReportId, ReportReference, Rule, Text, VulnerabilityId,
};

mod words;

pub use words::{Answer, Audience, Basis, Channel, StatementAudience};

/// One thing that happened in a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
pub enum Event {
    // Intake
    /// A report came in, and with it a case began.
    ReportReceived {
        /// The report.
        report: ReportId,
        /// What the reporter quotes.
        reference: ReportReference,
        /// The working title.
        title: Text,
        /// What the report says.
        body: Text,
        /// What was asked and answered in the form.
        submission: Submission,
        /// The policy that holds for this case from now on (S102).
        policy: Box<Policy>,
        /// The coordinator, as a participant.
        coordinator: ParticipantId,
        /// The reporter, as a participant.
        reporter: ParticipantId,
    },
    /// The reporter sent more (S30, S32).
    ReportAddendumReceived {
        /// The report it belongs to.
        report: ReportId,
        /// What it says.
        text: Text,
    },
    /// The reporter was told that the report is here (S17).
    ReportAcknowledged {
        /// The report.
        report: ReportId,
    },
    /// An analyst looked into the report (S19).
    ReportAnalysed {
        /// What came of it.
        result: Analysis,
        /// The notes, for the team only.
        notes: Text,
    },
    /// A CVSS score was given (S23).
    ScoreRecorded {
        /// The flaw; absent for the report as a whole.
        vulnerability: Option<VulnerabilityId>,
        /// The vector.
        vector: Vector,
    },
    /// The report was taken without a score (S23).
    ScoreWaived {
        /// Why.
        reason: Text,
    },
    /// An SSVC decision table was gone through.
    SsvcSelected {
        /// The choices and what they led to.
        selection: Selection,
    },
    /// Somebody was asked for more information.
    InformationRequested {
        /// Who.
        of: ParticipantId,
        /// What.
        question: Text,
    },
    /// The report is a report of a flaw, and in scope.
    ReportValidated,
    /// The report is set aside until more is known.
    ReportInvalidated {
        /// Why.
        reasons: BTreeSet<DeclineReason>,
    },
    /// The case was taken on, and got its number.
    CaseAccepted {
        /// The number.
        number: CaseNumber,
        /// How far the coordinator goes.
        case_kind: CaseKind,
    },
    /// The case was not taken on (S20).
    CaseDeclined {
        /// Why, coded (S21).
        reasons: BTreeSet<DeclineReason>,
        /// Why, in words for the reporter.
        explanation: Text,
    },
    /// Work rests.
    CaseDeferred,
    /// Work goes on.
    CaseResumed,
    /// Another case is about the same or a neighbouring flaw (S104).
    CaseLinked {
        /// The other case.
        other: CaseId,
        /// How they belong together.
        relation: Relation,
    },

    // Participants
    /// Somebody takes part from now on.
    ParticipantAdded {
        /// Who, in this case.
        participant: ParticipantId,
        /// Who, in the world.
        party: Party,
        /// As what.
        roles: BTreeSet<Role>,
        /// How the others see them.
        visibility: Visibility,
        /// Who named them, if a party did (S46).
        suggested_by: Option<ParticipantId>,
    },
    /// A party named somebody who is affected as well (S46).
    ParticipantSuggested {
        /// Who named them.
        by: ParticipantId,
        /// Whom, in the words of who named them.
        whom: Text,
    },
    /// We tried to reach a participant (S34).
    ContactAttempted {
        /// Whom.
        participant: ParticipantId,
        /// At which address.
        contact: Option<ContactId>,
        /// How.
        channel: Channel,
        /// The letter, if it was one.
        letter: Option<LetterId>,
    },
    /// It became known what became of a letter.
    DeliveryUpdated {
        /// To whom it went.
        participant: ParticipantId,
        /// The letter.
        letter: LetterId,
        /// What became of it.
        outcome: Delivery,
    },
    /// A vendor knows of the flaw (V).
    VendorAware {
        /// Which vendor.
        participant: ParticipantId,
        /// Whether it was seen or follows from something else.
        basis: Basis,
    },
    /// A participant's own handling of the report moved on.
    RmMoved {
        /// Whose.
        participant: ParticipantId,
        /// How.
        step: RmStep,
    },
    /// A vendor answered the four questions (S42).
    QuestionsAnswered {
        /// Which vendor.
        participant: ParticipantId,
        /// The answers.
        answers: Answers,
    },
    /// A vendor's product is, or is not, affected (S74).
    StatusSet {
        /// Which vendor.
        participant: ParticipantId,
        /// Which flaw.
        vulnerability: VulnerabilityId,
        /// Which product; absent for all of them.
        product: Option<ProductId>,
        /// What is said of it.
        status: ProductStatus,
        /// Of which versions, in one line of the grammar of [`crate::version`]; absent if nobody
        /// told.
        versions: Option<Text>,
    },
    /// A vendor says when its fix will be ready (S63).
    FixDateStated {
        /// Which vendor.
        participant: ParticipantId,
        /// When.
        ready: Instant,
    },
    /// A vendor has a fix (F).
    FixReady {
        /// Which vendor.
        participant: ParticipantId,
    },
    /// A fix is in use (D).
    FixDeployed {
        /// Where.
        participant: ParticipantId,
    },
    /// A vendor wrote its statement (S91).
    StatementProvided {
        /// Which vendor.
        participant: ParticipantId,
        /// The statement.
        wording: Wording,
        /// Who may read it before publication.
        audience: StatementAudience,
    },
    /// The coordinator wrote what the note adds about a vendor, or took it back.
    AddendumWritten {
        /// Which vendor.
        participant: ParticipantId,
        /// The words; absent if nothing is added any more.
        text: Option<Text>,
    },
    /// How others see a participant changed (S47).
    VisibilityChanged {
        /// Whom.
        participant: ParticipantId,
        /// How.
        visibility: Visibility,
    },
    /// A silent participant was reminded (S52).
    ReminderSent {
        /// Whom.
        participant: ParticipantId,
    },
    /// A participant answers no more (card 06).
    MarkedNonResponsive {
        /// Who.
        participant: ParticipantId,
    },
    /// A participant left, and hears nothing more (E17).
    ParticipantLeft {
        /// Who.
        participant: ParticipantId,
    },
    /// A participant was put out.
    ParticipantRemoved {
        /// Who.
        participant: ParticipantId,
        /// Why.
        reason: Text,
    },

    // Embargo
    /// Somebody named a date, while no embargo was in force.
    EmbargoProposed {
        /// The proposal.
        proposal: ProposalId,
        /// Who named it.
        by: ParticipantId,
        /// The date.
        end: Instant,
        /// Why.
        reason: ProposalReason,
        /// Until when an answer is awaited.
        answer_by: Timestamp,
    },
    /// A proposed date became the end of the embargo.
    EmbargoAccepted {
        /// The proposal.
        proposal: ProposalId,
        /// How.
        how: Acceptance,
    },
    /// A proposed date was not taken; nothing binds anybody (E13).
    EmbargoRejected {
        /// The proposal.
        proposal: ProposalId,
    },
    /// Somebody named another date, while one was in force.
    RevisionProposed {
        /// The proposal.
        proposal: ProposalId,
        /// Who named it.
        by: ParticipantId,
        /// The date.
        end: Instant,
        /// Why.
        reason: ProposalReason,
        /// Until when an answer is awaited.
        answer_by: Timestamp,
    },
    /// Another date took the place of the one in force.
    RevisionAccepted {
        /// The proposal.
        proposal: ProposalId,
    },
    /// The date in force stays.
    RevisionRejected {
        /// The proposal.
        proposal: ProposalId,
    },
    /// Who named a date took it back (E14).
    ProposalWithdrawn {
        /// The proposal.
        proposal: ProposalId,
    },
    /// A participant said yes or no to a date; the decision is another event.
    ProposalAnswered {
        /// The proposal.
        proposal: ProposalId,
        /// Who.
        participant: ParticipantId,
        /// What they said.
        answer: Answer,
    },
    /// A participant's consent to the embargo changed.
    ConsentMoved {
        /// Whose.
        participant: ParticipantId,
        /// How.
        step: PecStep,
    },
    /// The embargo ended.
    EmbargoTerminated {
        /// Why.
        cause: EndCause,
    },

    // World
    /// Somebody says that something happened out there (S109).
    ObservationClaimed {
        /// The observation.
        observation: ObservationId,
        /// Of what.
        observed: ObservationKind,
        /// Who says so.
        by: Option<ParticipantId>,
        /// When it was seen.
        observed_at: Timestamp,
        /// Where, and how we know.
        evidence: Text,
    },
    /// The coordinator holds the observation to be true.
    ObservationAdopted {
        /// The observation.
        observation: ObservationId,
    },
    /// The coordinator does not.
    ObservationRejected {
        /// The observation.
        observation: ObservationId,
    },
    /// The public knows (P).
    PublicAware {
        /// Since when.
        since: Timestamp,
        /// Whether it was seen or follows from something else.
        basis: Basis,
    },
    /// An exploit is public (X).
    ExploitPublic {
        /// Since when.
        since: Timestamp,
    },
    /// Attacks were seen (A).
    AttacksObserved {
        /// Since when.
        since: Timestamp,
    },

    // Work
    /// The case is about one more flaw.
    VulnerabilityAdded {
        /// The flaw.
        vulnerability: VulnerabilityId,
        /// What it is, in words that parties and the public may read; absent until an analyst
        /// wrote them.
        description: Option<Text>,
    },
    /// An analyst wrote what a flaw is, or wrote it anew, for parties and the public to read.
    VulnerabilityDescribed {
        /// The flaw.
        vulnerability: VulnerabilityId,
        /// What it is.
        description: Text,
    },
    /// Its weakness class was given, or taken back.
    WeaknessSet {
        /// The flaw.
        vulnerability: VulnerabilityId,
        /// The number of the CWE entry; absent if none is given any more.
        cwe: Option<u32>,
    },
    /// The team said what it is called in numberings other than the CVE program's.
    IdentifiersSet {
        /// The flaw.
        vulnerability: VulnerabilityId,
        /// All of them; none if it has none any more.
        identifiers: BTreeSet<Identifier>,
    },
    /// Somebody wrote to others in the case.
    MessagePosted {
        /// The post.
        message: MessageId,
        /// Who wrote, if a party did.
        by: Option<ParticipantId>,
        /// Who may read.
        audience: Audience,
        /// What.
        text: Text,
    },
    /// A file came.
    AttachmentAdded {
        /// The file.
        attachment: AttachmentId,
        /// Who sent it, if a party did.
        by: Option<ParticipantId>,
        /// Who may fetch it.
        audience: Audience,
        /// Its name.
        name: Text,
        /// The SHA-256 of its bytes, in hex.
        sha256: String,
        /// Its length in bytes.
        bytes: u64,
    },
    /// Somebody disagrees (S73).
    DisputeOpened {
        /// The dispute.
        dispute: DisputeId,
        /// Who.
        by: ParticipantId,
        /// About what.
        about: Conflict,
        /// Their position.
        position: Text,
    },
    /// Somebody else put their side.
    PositionStated {
        /// The dispute.
        dispute: DisputeId,
        /// Who.
        by: Option<ParticipantId>,
        /// Their position.
        position: Text,
    },
    /// The dispute is over (S72).
    DisputeResolved {
        /// The dispute.
        dispute: DisputeId,
        /// How.
        finding: Text,
    },

    // Publication
    /// A new revision of the draft was written.
    DraftWritten {
        /// Counts up from 1.
        revision: u32,
        /// The note's title, as it will be public.
        title: Text,
        /// Its sections.
        sections: BTreeMap<Section, Text>,
    },
    /// A revision was shown to participants (S78).
    DraftShared {
        /// Which revision.
        revision: u32,
        /// To whom.
        with: BTreeSet<ParticipantId>,
    },
    /// Somebody remarked on the draft (S79).
    DraftCommented {
        /// The remark.
        comment: CommentId,
        /// Who, if a party did.
        by: Option<ParticipantId>,
        /// On which revision.
        revision: u32,
        /// What.
        text: Text,
    },
    /// A remark was dealt with.
    CommentResolved {
        /// The remark.
        comment: CommentId,
    },
    /// A CVE ID was asked for from the vendor, who assigns its own (S76).
    CveRequested {
        /// For which flaw.
        vulnerability: VulnerabilityId,
        /// From whom.
        of: ParticipantId,
    },
    /// CVE Services are asked for an ID, as the CNA that the team is (S77).
    CveReservationAsked {
        /// For which flaw.
        vulnerability: VulnerabilityId,
    },
    /// A flaw got its CVE ID (S75).
    CveAssigned {
        /// Which flaw.
        vulnerability: VulnerabilityId,
        /// The id.
        cve: CveId,
        /// The vendor who assigned it; absent if the coordinator did.
        by: Option<ParticipantId>,
    },
    /// The CVE ID that we assigned to a flaw is rejected (CNA rules 4.5.3.5, 4.5.3.7).
    CveRejected {
        /// Which flaw.
        vulnerability: VulnerabilityId,
        /// The id.
        cve: CveId,
        /// Why, for everybody to read.
        reason: Text,
        /// What to use in its place, if anything.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        replaced_by: Vec<CveId>,
    },
    /// Somebody with the right to decided to publish this revision.
    PublicationApproved {
        /// Which revision.
        revision: u32,
        /// Who.
        by: AccountId,
        /// As what.
        role: StaffRole,
        /// For when.
        when: When,
    },
    /// Enough have: the note goes out at the instant.
    PublicationArmed {
        /// Which revision.
        revision: u32,
        /// When.
        when: When,
    },
    /// The note does not go out by itself for now.
    PublicationHeld,
    /// There will be no note (S81, S90).
    PublicationDeclined {
        /// Why.
        reason: Text,
    },
    /// The note is public.
    NotePublished {
        /// Which revision.
        revision: u32,
        /// The instant it carries, to the public; absent if that is when this was written down.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dated: Option<Timestamp>,
    },
    /// Somebody with the right to decided to take the public note back (INV-16).
    WithdrawalApproved {
        /// Who.
        by: AccountId,
        /// As what.
        role: StaffRole,
        /// What is to stay of it.
        remains: Remains,
        /// Why, for everyone to read.
        reason: Text,
    },
    /// Enough have: in the place of the note stands that it was withdrawn, and why.
    NoteWithdrawn {
        /// What stays of it.
        remains: Remains,
        /// Why, for everyone to read.
        reason: Text,
    },
    /// A party said when it means to publish on its own, or said so anew (S83).
    AdvisoryAnnounced {
        /// Whose.
        participant: ParticipantId,
        /// The advisory.
        advisory: AdvisoryId,
        /// When it is to go out.
        expected: Instant,
        /// Where it will be, if that is known.
        address: Option<Text>,
    },
    /// A party published on its own (S83).
    AdvisoryPublished {
        /// Whose.
        participant: ParticipantId,
        /// The advisory.
        advisory: AdvisoryId,
        /// Where.
        address: Text,
        /// When.
        published_at: Timestamp,
    },
    /// It will not come, or what was written down of it was wrong.
    AdvisoryDropped {
        /// Whose.
        participant: ParticipantId,
        /// The advisory.
        advisory: AdvisoryId,
    },

    // Administration
    /// One analyst is responsible from now on (S100).
    CaseAssigned {
        /// Who.
        to: AccountId,
    },
    /// The working title changed.
    TitleChanged {
        /// The new one.
        title: Text,
    },
    /// The case is under another policy from now on: the one in force when it was taken on
    /// (S102).
    PolicyTaken {
        /// The policy.
        policy: Box<Policy>,
    },
    /// A rule was set aside, and why (S64).
    PolicyOverridden {
        /// Which rule.
        rule: Rule,
        /// Why.
        reason: Text,
    },
    /// Part of the case goes on as another.
    CaseSplit {
        /// The other.
        child: CaseId,
        /// The flaws that go with it.
        vulnerabilities: BTreeSet<VulnerabilityId>,
    },
    /// Another case went into this one.
    CaseMerged {
        /// The other.
        other: CaseId,
        /// The end of its embargo, if one was in force (E22).
        embargo_end: Option<Instant>,
    },
    /// Work is over.
    CaseClosed {
        /// Why.
        reason: ClosingReason,
    },
    /// Work starts again.
    CaseReopened,
}

impl Event {
    /// When it happened, if that is another time than when it was written down.
    pub fn occurred_at(&self) -> Option<Timestamp> {
        match self {
            Self::ObservationClaimed { observed_at, .. } => Some(*observed_at),
            Self::PublicAware { since, .. }
            | Self::ExploitPublic { since }
            | Self::AttacksObserved { since } => Some(*since),
            Self::AdvisoryPublished { published_at, .. } => Some(*published_at),
            Self::NotePublished { dated, .. } => *dated,
            _ => None,
        }
    }
}

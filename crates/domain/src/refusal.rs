//! Why a rule said no, in words for the person who asked.

use serde::{Deserialize, Serialize};

/// Why a rule said no, in words for the person who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not theirs to do.
    #[error("this is not yours to do")]
    NotYours,
    /// The rule may be set aside, with a reason that is kept.
    #[error("{}", .0.objection())]
    NeedsReason(Rule),
    /// The case is closed.
    #[error("the case is closed; reopen it first")]
    Closed,
    /// The case was not taken on yet.
    #[error("the case has not been accepted")]
    NotAccepted,
    /// The case was taken on already.
    #[error("the case has been accepted already")]
    AlreadyAccepted,
    /// Handling cannot go from here to there.
    #[error("that step does not follow from where the report stands now")]
    NoSuchStep,
    /// A decision needs a reason.
    #[error("choose at least one reason")]
    NoReason,
    /// No such participant takes part.
    #[error("nobody of that kind takes part in the case")]
    NoSuchParticipant,
    /// They take part already.
    #[error("they take part in the case already")]
    AlreadyThere,
    /// They take part no more.
    #[error("they no longer take part in the case")]
    Gone,
    /// Only an accepted report is told to others.
    #[error("accept the case before telling anybody of it")]
    TellOnlyAccepted,
    /// Advice-only cases tell no vendor.
    #[error("this case is for advice only: no vendor is told")]
    AdviceOnly,
    /// The world knows, or attacks: there is nothing to agree on.
    #[error("it is public, or being attacked: there is no embargo to agree on any more")]
    TooLateForEmbargo,
    /// The embargo is over for good.
    #[error("the embargo has ended, and a case has only one")]
    EmbargoEnded,
    /// The date has passed.
    #[error("the date must lie ahead")]
    DateHasPassed,
    /// No such date is on the table.
    #[error("that date is not on the table")]
    NotProposed,
    /// The embargo is in force already.
    #[error("an embargo is in force; propose another date for it instead")]
    InForce,
    /// No embargo is in force.
    #[error("no embargo is in force")]
    NotInForce,
    /// Who proposed it may withdraw it, nobody else.
    #[error("only who proposed a date may withdraw it")]
    NotTheProposer,
    /// They agreed already.
    #[error("this participant has agreed already")]
    AlreadyAgreed,
    /// The content gate is shut.
    #[error("agree to the embargo first; what is shared with you comes after that")]
    AgreeFirst,
    /// No such flaw is in the case.
    #[error("there is no such vulnerability in this case")]
    NoSuchVulnerability,
    /// A flaw is known by the reporter's words alone, which are not for others (S7).
    #[error("describe every vulnerability first: others read your words, never the reporter's")]
    DescribeFirst,
    /// The flaw has an id.
    #[error("the vulnerability has a CVE ID already")]
    HasCve,
    /// The flaw had an id, which was rejected.
    #[error(
        "its CVE ID was rejected; if it needs another after all, reserve that by hand and enter it"
    )]
    CveWasRejected,
    /// The flaw has no id of ours.
    #[error("there is no CVE ID of ours to reject")]
    NotOurCve,
    /// An id in its own place.
    #[error("an ID is not replaced by itself; name another, or none")]
    ReplacesItself,
    /// The team is no CNA, or has no account.
    #[error("this server has no account at CVE Services; enter the CVE ID by hand")]
    NoCveAccount,
    /// Another flaw has the id.
    #[error("another vulnerability of this case has that CVE ID")]
    CveTaken,
    /// A fix comes after the vendor accepted the report (guard F).
    #[error("a vendor has a fix only after it took the report on")]
    FixBeforeAccepted,
    /// Only vendors have fixes, only deployers deploy.
    #[error("only a vendor has a fix, and only a deployer puts one to use")]
    NotTheirFix,
    /// Only vendors answer for products.
    #[error("only a vendor answers for its products")]
    VendorsOnly,
    /// There is no fix that could be put to use.
    #[error("there is no fix to put to use yet")]
    NoFixYet,
    /// They were never told of the case.
    #[error("they have not been told of the case yet")]
    NotToldYet,
    /// The case is not closed.
    #[error("the case is not closed")]
    NotClosed,
    /// No such thing was claimed.
    #[error("there is no such observation, or it is decided already")]
    NothingClaimed,
    /// There is no draft.
    #[error("there is no draft yet")]
    NoDraft,
    /// The draft changed since.
    #[error("the draft has changed since; look at the newest revision")]
    StaleDraft,
    /// An empty note.
    #[error("the note has no title or no text")]
    EmptyNote,
    /// The note is out.
    #[error("the note is published already")]
    AlreadyPublished,
    /// No such advisory was told.
    #[error("nothing is written down of such an advisory")]
    NoSuchAdvisory,
    /// There is nothing public to take back.
    #[error("the note is not public, so it cannot be withdrawn")]
    NotPublished,
    /// It was taken back.
    #[error("the note is withdrawn already; to say something again, write and publish a revision")]
    Withdrawn,
    /// Nobody decided to take it back.
    #[error("nobody has asked for the note to be withdrawn")]
    NothingToWithdraw,
    /// The note was not released for publication.
    #[error("the note has not been approved for publication")]
    NotArmed,
    /// The same person approved before.
    #[error("you have approved this revision already; another person must approve it too")]
    ApprovedAlready,
    /// Those who approved before approved another instant.
    #[error("it was approved for another moment; hold the publication, then approve it anew")]
    OtherInstant,
    /// The instant has not come.
    #[error("the moment of publication has not come")]
    TooEarly,
    /// An embargo binds.
    #[error("the embargo is in force until a later moment")]
    EmbargoInForce,
    /// There is no such remark.
    #[error("there is no such comment")]
    NoSuchComment,
    /// There is no such dispute.
    #[error("there is no such dispute, or it is resolved")]
    NoSuchDispute,
    /// A case cannot be linked with itself.
    #[error("a case cannot be linked with itself")]
    Itself,
}

/// What a rule speaks against.
#[derive(PartialEq)]
enum About {
    /// Publishing a note, whatever its words.
    Publication,
    /// The words of a note.
    Words,
    /// Something else.
    AnotherStep,
}

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident $about:ident $code:literal $objection:literal,)*) => {
        /// A rule that may be set aside with a reason (severity S of the model).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Rule { $($(#[$doc])* $name,)* }

        impl Rule {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its number in the model or the requirements.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Whether it speaks against publishing.
            pub fn is_of_publication(self) -> bool {
                match self.about() {
                    About::Publication | About::Words => true,
                    About::AnotherStep => false,
                }
            }

            /// Whether only the words of a note tell if it holds (S94).
            pub fn is_of_words(self) -> bool {
                self.about() == About::Words
            }

            fn about(self) -> About {
                match self { $(Self::$name => About::$about,)* }
            }

            /// What speaks against the step, for who may set the rule aside.
            pub fn objection(self) -> &'static str {
                match self { $(Self::$name => $objection,)* }
            }
        }
    };
}

rules! {
    /// No new embargo once fixes are in use.
    NoEmbargoAfterFix AnotherStep "E5" "fixes are ready or in use: a new embargo should be brief, if at all; say why it is needed",
    /// Attacks end an embargo unless there is a reason to keep it.
    AttacksEndEmbargo AnotherStep "E9" "attacks were seen, which should end the embargo; say why it goes on",
    /// Proposals are decided shortest first.
    ShortestFirst AnotherStep "E10" "an earlier date is on the table; say why this one is taken first",
    /// Publishing while an embargo is in force should not be.
    PublishInEmbargo Publication "E18" "the embargo is in force; say why it is published before",
    /// An embargo of more than 90 days needs a documented reason.
    LongEmbargo AnotherStep "E19" "that is a longer embargo than the policy allows without a reason; say why",
    /// One of more than a year should not be.
    VeryLongEmbargo AnotherStep "E19+" "that is more than a year; say why anybody should wait so long",
    /// Closing while an embargo is in force.
    CloseInEmbargo AnotherStep "2.7" "the embargo is in force; say why the case is closed before it ends",
    /// Closing as published what is not dealt with, not identified or not told.
    CloseUnsettled AnotherStep "S89" "the matter is not settled: something on the list is not so yet; say why it is closed",
    /// Publishing without a fix.
    PublishWithoutFix Publication "S62" "an affected vendor has no fix yet; say why the note goes out now",
    /// Accepting without a score.
    NoScore AnotherStep "S23" "there is no CVSS v2 environmental score yet; give one, or say why none is needed",
    /// Publishing without a CVE ID.
    NoCveId Publication "S75" "a vulnerability has no CVE ID; assign one, or say why none is needed",
    /// Publishing with less time for the draft than promised.
    ShortDraftLead Publication "S78" "the draft has not been shared for long enough; say why it cannot wait",
    /// Publishing without reminding a silent vendor.
    NoReminder Publication "S52" "a silent vendor was not reminded; remind it, or say why not",
    /// Publishing while a remark on the draft is open.
    OpenRemark Publication "S79" "a remark on the draft is open; deal with it, or say why it can wait",
    /// A part of a split case that is told before the rest.
    BeforeSibling AnotherStep "E23" "this case was split, and the other part is told later; tell who runs it first, and say why this one cannot wait",
    /// Reserving an id where a vendor assigns its own.
    VendorAssigns AnotherStep "S76" "a vendor of this case assigns its own CVE IDs and has the better right; ask it first, or say why we reserve one",
    /// Closing without a note while an id of ours is in no record.
    UnusedCve AnotherStep "4.5.3.5" "a CVE ID of ours would be neither told nor rejected; reject it first, or say what becomes of it",
    /// Withdrawing an agreed embargo without cause.
    EarlyEnd AnotherStep "E18-" "ending the embargo before its time needs a reason; say what it is",
    /// A note that names who wishes to be hidden.
    NamesTheHidden Words "S94.1" "the note names somebody who wishes not to be known; take it out, or say why it stays",
    /// Thanks to somebody who did not agree to be thanked.
    ThanksUnasked Words "S94.2" "the note names somebody who did not agree to be thanked; take it out, or say why it stays",
    /// A vendor's statement that was for the coordinator alone.
    QuotesInConfidence Words "S94.3" "the note quotes what a vendor told the coordinator alone; take it out, or say why it stays",
    /// Names and addresses of machines inside a house.
    ShowsTheInside Words "S94.4" "the note names a machine inside somebody's network; take it out, or say why it stays",
    /// A mark under which a text is not for everyone.
    MarkedForFewer Words "S94.5" "the note bears a mark that says it is not for everyone; take it out, or say why it stays",
    /// Code that attacks.
    ShowsTheAttack Words "S94.6" "the note seems to hold a whole exploit; take it out, or say why readers need it",
    /// A key or a password.
    HoldsASecret Words "S94.7" "the note seems to hold a key or a password; take it out, or say why it stays",
}

//! One line of CERT/CC's archive (1998 to 2020), kept without loss: every key with its value and its shape, vendor records included.
//! Nothing is judged here; an empty text stays an empty text.

use super::keyed::{self, Figure, Refused, Several, keyed};

keyed! {
    /// A note as the archive holds it.
    pub struct Archived {
        author: String = "Author",
        cam_attacker_access_required: String = "CAM_AttackerAccessRequired",
        cam_ease_of_exploitation: String = "CAM_EaseOfExploitation",
        cam_exploitation: String = "CAM_Exploitation",
        cam_impact: String = "CAM_Impact",
        cam_internet_infrastructure: String = "CAM_InternetInfrastructure",
        cam_population: String = "CAM_Population",
        cam_score_current: Figure = "CAM_ScoreCurrent",
        cam_score_current_widely_known: Figure = "CAM_ScoreCurrentWidelyKnown",
        cam_score_current_widely_known_exploited: Figure = "CAM_ScoreCurrentWidelyKnownExploited",
        cam_widely_known: String = "CAM_WidelyKnown",
        cert_advisory: String = "CERTAdvisory",
        cve_ids: Several = "CVEIDs",
        cvss_access_complexity: String = "CVSS_AccessComplexity",
        cvss_access_vector: String = "CVSS_AccessVector",
        cvss_authenication: String = "CVSS_Authenication",
        cvss_availability_impact: String = "CVSS_AvailabilityImpact",
        cvss_base_score: Figure = "CVSS_BaseScore",
        cvss_base_vector: String = "CVSS_BaseVector",
        cvss_collateral_damage_potential: String = "CVSS_CollateralDamagePotential",
        cvss_confidentiality_impact: String = "CVSS_ConfidentialityImpact",
        cvss_environmental_score: Figure = "CVSS_EnvironmentalScore",
        cvss_environmental_vector: String = "CVSS_EnvironmentalVector",
        cvss_exploitability: String = "CVSS_Exploitability",
        cvss_integrity_impact: String = "CVSS_IntegrityImpact",
        cvss_remediation_level: String = "CVSS_RemediationLevel",
        cvss_report_confidence: String = "CVSS_ReportConfidence",
        cvss_security_requirements_ar: String = "CVSS_SecurityRequirementsAR",
        cvss_security_requirements_cr: String = "CVSS_SecurityRequirementsCR",
        cvss_security_requirements_ir: String = "CVSS_SecurityRequirementsIR",
        cvss_target_distribution: String = "CVSS_TargetDistribution",
        cvss_temporal_score: Figure = "CVSS_TemporalScore",
        cvss_temporal_vector: String = "CVSS_TemporalVector",
        date_created: String = "DateCreated",
        date_first_published: String = "DateFirstPublished",
        date_last_updated: String = "DateLastUpdated",
        date_public: String = "DatePublic",
        description: String = "Description",
        id: String = "ID",
        id_number: String = "IDNumber",
        ip_protocol: Several = "IPProtocol",
        impact: String = "Impact",
        keywords: Several = "Keywords",
        overview: String = "Overview",
        references: Several = "References",
        resolution: String = "Resolution",
        revision: Figure = "Revision",
        systems_affected_preamble: String = "SystemsAffectedPreamble",
        thanks_and_credit: String = "ThanksAndCredit",
        title: String = "Title",
        us_cert_technical_alert: Several = "US-CERTTechnicalAlert",
        vrda_d1_direct_report: String = "VRDA_D1_DirectReport",
        vrda_d1_impact: String = "VRDA_D1_Impact",
        vrda_d1_population: String = "VRDA_D1_Population",
        vulnerability_count: Figure = "VulnerabilityCount",
        workarounds: String = "Workarounds",
        vendors: Vec<ArchivedVendor> = "_vendors",
    }
}

keyed! {
    /// A vendor record of the archive.
    pub struct ArchivedVendor {
        addendum: String = "Addendum",
        date_last_updated: String = "DateLastUpdated",
        date_notified: String = "DateNotified",
        date_responded: String = "DateResponded",
        id: String = "ID",
        revision: Figure = "Revision",
        status: String = "Status",
        vendor: String = "Vendor",
        vendor_information: String = "VendorInformation",
        vendor_record_id: String = "VendorRecordID",
        vendor_references: String = "VendorReferences",
        vendor_statement: String = "VendorStatement",
    }
}

impl Archived {
    /// Reads one line of the archive.
    pub fn parse(line: &[u8]) -> Result<Self, Refused> {
        Self::from_object(keyed::object(line)?, "")
    }
}

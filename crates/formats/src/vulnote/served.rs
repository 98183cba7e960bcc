//! The shapes of VINCE's public API (VINCE 2.2), key by key, as its readers' programs expect them.
//! Dates are texts here, as they stand in the JSON; what fills them is in `to_served`.

use super::keyed::{self, Refused, keyed};

keyed! {
    /// A note as `/vuls/api/{id}/` serves it, its keys in this order (VINCE 2.2, `VUReport`). They are called 57, but one name was counted twice: an answer has 56.
    pub struct ServedNote {
        vuid: String = "vuid",
        idnumber: String = "idnumber",
        name: String = "name",
        keywords: Option<Vec<String>> = "keywords",
        overview: Option<String> = "overview",
        clean_desc: Option<String> = "clean_desc",
        impact: Option<String> = "impact",
        resolution: Option<String> = "resolution",
        workarounds: Option<String> = "workarounds",
        sysaffected: Option<String> = "sysaffected",
        thanks: Option<String> = "thanks",
        author: Option<String> = "author",
        public: Vec<String> = "public",
        cveids: Vec<String> = "cveids",
        certadvisory: Option<String> = "certadvisory",
        uscerttechnicalalert: Option<String> = "uscerttechnicalalert",
        datecreated: Option<String> = "datecreated",
        publicdate: Option<String> = "publicdate",
        datefirstpublished: Option<String> = "datefirstpublished",
        dateupdated: Option<String> = "dateupdated",
        revision: i64 = "revision",
        vrda_d1_directreport: Option<String> = "vrda_d1_directreport",
        vrda_d1_population: Option<String> = "vrda_d1_population",
        vrda_d1_impact: Option<String> = "vrda_d1_impact",
        cam_widelyknown: Option<String> = "cam_widelyknown",
        cam_exploitation: Option<String> = "cam_exploitation",
        cam_internetinfrastructure: Option<String> = "cam_internetinfrastructure",
        cam_population: Option<String> = "cam_population",
        cam_impact: Option<String> = "cam_impact",
        cam_easeofexploitation: Option<String> = "cam_easeofexploitation",
        cam_attackeraccessrequired: Option<String> = "cam_attackeraccessrequired",
        cam_scorecurrent: Option<String> = "cam_scorecurrent",
        cam_scorecurrentwidelyknown: Option<String> = "cam_scorecurrentwidelyknown",
        cam_scorecurrentwidelyknownexploited: Option<String> = "cam_scorecurrentwidelyknownexploited",
        ipprotocol: Option<String> = "ipprotocol",
        cvss_accessvector: Option<String> = "cvss_accessvector",
        cvss_accesscomplexity: Option<String> = "cvss_accesscomplexity",
        cvss_authentication: Option<String> = "cvss_authentication",
        cvss_confidentialityimpact: Option<String> = "cvss_confidentialityimpact",
        cvss_integrityimpact: Option<String> = "cvss_integrityimpact",
        cvss_availabilityimpact: Option<String> = "cvss_availabilityimpact",
        cvss_exploitablity: Option<String> = "cvss_exploitablity",
        cvss_remediationlevel: Option<String> = "cvss_remediationlevel",
        cvss_reportconfidence: Option<String> = "cvss_reportconfidence",
        cvss_collateraldamagepotential: Option<String> = "cvss_collateraldamagepotential",
        cvss_targetdistribution: Option<String> = "cvss_targetdistribution",
        cvss_securityrequirementscr: Option<String> = "cvss_securityrequirementscr",
        cvss_securityrequirementsir: Option<String> = "cvss_securityrequirementsir",
        cvss_securityrequirementsar: Option<String> = "cvss_securityrequirementsar",
        cvss_basescore: Option<String> = "cvss_basescore",
        cvss_basevector: Option<String> = "cvss_basevector",
        cvss_temporalscore: Option<String> = "cvss_temporalscore",
        cvss_environmentalscore: Option<String> = "cvss_environmentalscore",
        cvss_environmentalvector: Option<String> = "cvss_environmentalvector",
        metric: Option<f64> = "metric",
        vulnote: Option<i64> = "vulnote",
    }
}

keyed! {
    /// A vulnerability of a note as `/vuls/api/{id}/vuls/` lists it.
    pub struct ServedVulnerability {
        note: String = "note",
        cve: Option<String> = "cve",
        description: String = "description",
        uid: String = "uid",
        case_increment: i64 = "case_increment",
        date_added: String = "date_added",
        dateupdated: String = "dateupdated",
    }
}

keyed! {
    /// A vendor of a note as `/vuls/api/{id}/vendors/` lists it; its status is not among the keys.
    pub struct ServedVendor {
        note: String = "note",
        contact_date: Option<String> = "contact_date",
        vendor: String = "vendor",
        references: Option<String> = "references",
        statement: Option<String> = "statement",
        dateupdated: String = "dateupdated",
        statement_date: Option<String> = "statement_date",
        addendum: Option<String> = "addendum",
    }
}

keyed! {
    /// A vendor's status on one vulnerability as `/vuls/api/{id}/vendors/vuls/` lists it.
    pub struct ServedStatus {
        vul: String = "vul",
        vendor: String = "vendor",
        status: String = "status",
        date_added: String = "date_added",
        dateupdated: String = "dateupdated",
        references: String = "references",
        statement: String = "statement",
    }
}

keyed! {
    /// A vendor of a note as `/vuls/api/vendors/{yyyy}/{mm}/` lists it.
    pub struct VendorOfMonth {
        vuid: String = "vuid",
        idnumber: String = "idnumber",
        vendor: String = "vendor",
        status: String = "status",
        statement: String = "statement",
        vendorurls: String = "vendorurls",
        addendum: String = "addendum",
        datenotified: String = "datenotified",
        datelastupdated: String = "datelastupdated",
    }
}

impl ServedNote {
    /// Reads a note that VINCE or Ombud served.
    pub fn parse(bytes: &[u8]) -> Result<Self, Refused> {
        Self::from_object(keyed::object(bytes)?, "")
    }
}

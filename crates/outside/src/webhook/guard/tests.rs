use super::*;

fn number(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn named(networks: &[&str]) -> Networks {
    Networks::new(networks.iter().map(|text| text.parse().unwrap()).collect())
}

#[test]
fn nothing_but_the_public_internet_is_called() {
    let inside = [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.100.100.200",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "192.168.255.255",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "3fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fd12:3456::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ];
    for text in inside {
        assert!(!named(&[]).may_call(number(text), Way::Encrypted), "{text}");
    }
}

#[test]
fn the_public_internet_is_called_with_encryption_alone() {
    let outside = [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.1",
        "168.63.129.15",
        "169.253.255.255",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "::ffff:8.8.8.8",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2003::1",
        "2606:4700::1111",
        "2a00::1",
        "3ffe:ffff::1",
    ];
    for text in outside {
        assert!(named(&[]).may_call(number(text), Way::Encrypted), "{text}");
        assert!(!named(&[]).may_call(number(text), Way::Plain), "{text}");
    }
}

#[test]
fn a_network_that_the_operator_named_is_called_and_no_other() {
    let ours = named(&["10.20.0.0/16", "127.0.0.1", "fd00:1::/32"]);
    for way in [Way::Encrypted, Way::Plain] {
        for text in ["10.20.0.0", "10.20.255.255", "127.0.0.1", "::ffff:10.20.1.1", "fd00:1:2::3"] {
            assert!(ours.may_call(number(text), way), "{text}");
        }
        for text in ["10.19.255.255", "10.21.0.0", "127.0.0.2", "fd00:2::1", "::1"] {
            assert!(!ours.may_call(number(text), way), "{text}");
        }
    }
    assert!(named(&["0.0.0.0/0"]).may_call(number("10.1.1.1"), Way::Plain));
}

#[test]
fn what_is_not_a_network_is_refused() {
    for text in ["", "10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "::/129", "example.org", "10.0.0.0/-1"]
    {
        assert_eq!(text.parse::<Network>(), Err(NotANetwork), "{text}");
    }
    assert_eq!("10.0.0.0/8".parse::<Network>().unwrap().to_string(), "10.0.0.0/8");
    assert_eq!("::1".parse::<Network>().unwrap().to_string(), "::1/128");
}

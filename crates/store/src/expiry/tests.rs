use domain::AttachmentId;

use crate::samples::{at, id, write};
use crate::{AttachmentRow, Invitation, InvitationKind, Store, Tx, sample};

fn row(blob: &str) -> AttachmentRow {
    AttachmentRow {
        id: id::<AttachmentId>(50),
        case: sample::case_id(1),
        blob: Some(blob.to_owned()),
        bytes: 3,
        sha256: [0; 32],
    }
}

async fn loose(store: &Store, before: i64) -> Vec<String> {
    store.read(move |tx: &mut Tx| tx.loose_blobs(at(before), 10)).await.unwrap()
}

crate::both_engines! {
    async fn a_blob_is_loose_until_a_row_tells_of_it_and_after_it_is_erased(store: Store) {
        let vault = sample::vault(1);
        write(&store, move |tx| {
            sample::begin(tx, &vault, 1)?;
            tx.note_loose_blob("aa", at(0))?;
            tx.note_loose_blob("bb", at(10))?;
            tx.note_loose_blob("aa", at(60))
        })
        .await;
        assert_eq!(loose(&store, 0).await, Vec::<String>::new());
        assert_eq!(loose(&store, 5).await, ["aa"]);
        assert_eq!(loose(&store, 11).await, ["aa", "bb"]);
        write(&store, |tx| tx.keep_attachment(&row("aa"))).await;
        assert_eq!(loose(&store, 99).await, ["bb"]);
        write(&store, |tx| tx.forget_loose_blobs(&["bb".to_owned()])).await;
        assert_eq!(loose(&store, 99).await, Vec::<String>::new());
        write(&store, |tx| tx.erase_attachment(sample::case_id(1), id(50))).await;
        assert_eq!(loose(&store, 0).await, ["aa"], "nobody needs it any more");
    }

    async fn a_blob_that_a_row_tells_of_is_never_loose(store: Store) {
        let vault = sample::vault(1);
        write(&store, move |tx| {
            sample::begin(tx, &vault, 1)?;
            tx.keep_attachment(&row("aa"))?;
            tx.note_loose_blob("aa", at(0))
        })
        .await;
        assert_eq!(loose(&store, 99).await, Vec::<String>::new());
    }

    async fn what_ran_out_is_forgotten_and_nothing_else(store: Store) {
        write(&store, |tx| {
            for (number, end) in [(1, 10), (2, 60)] {
                tx.keep_link([number; 32], id(1), id(2), at(0), at(end))?;
                tx.keep_invitation(&Invitation {
                    hash: [number; 32],
                    kind: InvitationKind::Setup,
                    address: None,
                    expires_at: at(end),
                    used_at: None,
                })?;
            }
            tx.forget_links(at(30))?;
            tx.forget_invitations(at(30))
        })
        .await;
        for (number, is_there) in [(1, false), (2, true)] {
            let link = store.read(move |tx| tx.link(&[number; 32], at(0))).await.unwrap();
            let invited = store.read(move |tx| tx.invitation(&[number; 32], at(0))).await.unwrap();
            assert_eq!((link.is_some(), invited.is_some()), (is_there, is_there), "{number}");
        }
    }
}

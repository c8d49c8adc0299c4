//! As whom one enters the rooms of a server.

use collab_core::chat::UserId;
use collab_rooms_api::{Account, Secret};

use super::identity::Identity;

/// Somebody, as far as it is known before the relay says it.
#[derive(Clone, Debug)]
pub(super) struct Who {
    pub(super) user: Option<UserId>,
    pub(super) name: String,
    /// Known to the server's accounts, not by the key of this device.
    pub(super) is_account: bool,
    /// What the relay's `hello` takes; none as long as the server of accounts has not answered.
    pub(super) token: Option<Secret>,
}

impl Who {
    /// A guest by the key of this device, where the server keeps no accounts.
    pub(super) fn guest(identity: &Identity) -> Self {
        Self {
            user: UserId::of_guest(&identity.token),
            name: identity.name.clone(),
            is_account: false,
            token: Some(identity.token.as_str().into()),
        }
    }

    /// An account, by a token of now.
    pub(super) fn account(account: &Account, token: Secret) -> Self {
        Self { token: Some(token), ..Self::expected(account) }
    }

    /// The account that this device keeps: who will enter if the server is of the same opinion.
    pub(super) fn expected(account: &Account) -> Self {
        let (user, name) = (UserId::new(&account.id).ok(), account.name.clone());
        Self { user, name, is_account: true, token: None }
    }
}

//! The head of an upgrade request in a few hundred bytes, for as long as a connection may send a new
//! token. A map of headers takes kilobytes, and keeps the buffer alive that it was read into.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};

use crate::auth::RequestHead;

/// A [`RequestHead`] to be unpacked when the authorizer is asked again.
#[derive(Clone)]
pub(crate) struct KeptHead {
    /// `uri . (length of name . name . length of value . value)*`, lengths as four bytes.
    bytes: Box<[u8]>,
    uri_len: usize,
    address: Option<IpAddr>,
}

impl KeptHead {
    pub(crate) fn new(head: &RequestHead) -> Self {
        let mut bytes = head.uri.to_string().into_bytes();
        let uri_len = bytes.len();
        for (name, value) in &head.headers {
            for part in [name.as_str().as_bytes(), value.as_bytes()] {
                bytes.extend_from_slice(&(part.len() as u32).to_le_bytes());
                bytes.extend_from_slice(part);
            }
        }
        Self { bytes: bytes.into(), uri_len, address: head.address }
    }

    /// As it was.
    pub(crate) fn unpack(&self) -> RequestHead {
        let (uri, mut rest) = self.bytes.split_at(self.uri_len);
        let mut headers = HeaderMap::new();
        while let (Some(name), Some(value)) = (take_part(&mut rest), take_part(&mut rest)) {
            // Both were parsed before they were packed.
            if let (Ok(name), Ok(value)) =
                (HeaderName::from_bytes(name), HeaderValue::from_bytes(value))
            {
                headers.append(name, value);
            }
        }
        let uri = Uri::try_from(uri).unwrap_or_default();
        RequestHead { uri, headers, address: self.address }
    }
}

fn take_part<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (len, after) = rest.split_first_chunk()?;
    let (part, after) = after.split_at_checked(u32::from_le_bytes(*len) as usize)?;
    *rest = after;
    Some(part)
}

/// Without its bytes, which may carry credentials.
impl std::fmt::Debug for KeptHead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeptHead").field("address", &self.address).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authorizer_sees_the_same_head_again() {
        let mut headers = HeaderMap::new();
        headers.append("cookie", HeaderValue::from_static("a=1"));
        headers.append("cookie", HeaderValue::from_static("b=2"));
        headers.insert("origin", HeaderValue::from_bytes(b"https://\xfcber.example").unwrap());
        let uri = Uri::from_static("/sync/room?token=t");
        let address = Some(IpAddr::from([127, 0, 0, 1]));
        let head = RequestHead { uri, headers, address };
        let again = KeptHead::new(&head).unpack();
        assert_eq!((again.uri, again.address), (head.uri, head.address));
        assert_eq!(again.headers, head.headers);
    }
}

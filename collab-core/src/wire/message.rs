//! One message, and a frame around it (PROTOCOL sections 3 and 4).

use bytes::Bytes;

use super::grant::read_name;
use super::names::take_names;
use super::{Access, Dialect, Grant, Limits, Reader, WireError, Writer};

/// A frame: a message, behind a channel number in `collab.v1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// 0 for the connection itself, and always 0 in the plain dialect.
    pub channel: u64,
    /// What is said.
    pub message: Message<'a>,
}

/// A message of either dialect. Types from 16 on exist only in `collab.v1`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named and specified in PROTOCOL section 4")]
pub enum Message<'a> {
    Sync(Sync<'a>),
    /// An awareness update, see [`super::read_awareness`].
    Awareness(&'a [u8]),
    /// The stock protocol's only word of refusal.
    PermissionDenied {
        reason: &'a str,
    },
    QueryAwareness,
    Hello {
        version: u64,
        token: &'a str,
    },
    Welcome {
        version: u64,
        peer: u64,
        grant: Grant,
        limits: Limits,
        keeps: bool,
        /// Whether the relay takes `Ask`.
        digests: bool,
        /// Whether the relay takes `List`.
        lists: bool,
    },
    Open {
        name: &'a str,
    },
    Opened {
        name: &'a str,
        access: Access,
    },
    Close,
    Push {
        seq: u64,
        update: &'a [u8],
    },
    Received {
        seq: u64,
    },
    Durable {
        seq: u64,
    },
    /// `code` is an [`super::ErrorCode`]; unknown numbers must be tolerated.
    Error {
        code: u64,
        seq: u64,
        detail: &'a str,
    },
    Token {
        token: &'a str,
    },
    Grant(Grant),
    /// `peer` is the receiver on the way to the relay and the sender on the way back.
    Signal {
        peer: u64,
        payload: &'a [u8],
    },
    /// `kind` is an [`EventKind`]; unknown numbers are ignored.
    Event {
        kind: u64,
        payload: &'a [u8],
    },
    Ping {
        nonce: u64,
    },
    Pong {
        nonce: u64,
    },
    /// A step 1 that also tells deletions; `digest` is that of [`crate::log::Digest`].
    Ask {
        state_vector: &'a [u8],
        digest: &'a [u8],
    },
    /// Where the deletions differ; `buckets` are those of [`crate::log::Differing`].
    Differ {
        buckets: &'a [u8],
    },
    /// Which channels are there, and will be? `prefix` is one of [`super::LIST_PREFIXES`].
    List {
        prefix: &'a str,
    },
    /// `names` are those of [`super::write_names`].
    Listed {
        prefix: &'a str,
        names: &'a [u8],
    },
}

/// The sync protocol of y-protocols.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sync<'a> {
    /// "Here is my state vector."
    Step1(&'a [u8]),
    /// "Here is what you lack."
    Step2(&'a [u8]),
    /// "This is new."
    Update(&'a [u8]),
}

/// Bits of the flags in `welcome`.
const FLAG_KEEPS: u64 = 1;
const FLAG_DIGESTS: u64 = 2;
const FLAG_LISTS: u64 = 4;

/// What a relay reports by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// Frames of this channel were dropped; answer with step 1.
    Resync = 0,
    /// The relay shuts down; payload `varUint(retryAfterMs)`.
    GoingAway = 1,
    /// Whether the store takes writes; payload `varUint(0 | 1)`.
    Store = 2,
    /// Payload `varUint(peer) . varString(user)`.
    PeerJoined = 3,
    /// Payload `varUint(peer)`.
    PeerLeft = 4,
}

impl EventKind {
    /// The kind with this number.
    pub const fn from_u64(number: u64) -> Option<Self> {
        Some(match number {
            0 => Self::Resync,
            1 => Self::GoingAway,
            2 => Self::Store,
            3 => Self::PeerJoined,
            4 => Self::PeerLeft,
            _ => return None,
        })
    }
}

impl<'a> Frame<'a> {
    /// Reads one frame. Stock messages must end with the frame; extension messages may be longer.
    pub fn read(dialect: Dialect, bytes: &'a [u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes);
        let channel = match dialect {
            Dialect::Plain => 0,
            Dialect::V1 => reader.var_uint()?,
        };
        let tag = reader.var_uint()?;
        let message = match tag {
            0..=3 => Message::read_stock(tag, &mut reader)?,
            _ if dialect == Dialect::V1 => Message::read_extension(tag, &mut reader)?,
            _ => return Err(WireError::UnknownType(tag)),
        };
        if tag <= 3 && !reader.is_empty() {
            return Err(WireError::Trailing);
        }
        Ok(Self { channel, message })
    }

    /// Writes the frame. The plain dialect has no channel number.
    pub fn write(&self, dialect: Dialect) -> Bytes {
        let mut writer = Writer::with_capacity(32 + self.message.payload_len());
        if dialect == Dialect::V1 {
            writer.var_uint(self.channel);
        }
        self.message.write(&mut writer);
        writer.into_bytes()
    }
}

impl<'a> Message<'a> {
    /// Writes this message as a frame of `channel`.
    pub fn frame(&self, dialect: Dialect, channel: u64) -> Bytes {
        Frame { channel, message: self.clone() }.write(dialect)
    }

    fn read_stock(tag: u64, reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(match tag {
            0 => Self::Sync(Sync::read(reader)?),
            1 => Self::Awareness(reader.var_bytes()?),
            2 => match reader.var_uint()? {
                0 => Self::PermissionDenied { reason: reader.var_string()? },
                _ => return Err(WireError::Field),
            },
            _ => Self::QueryAwareness,
        })
    }

    fn read_extension(tag: u64, reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(match tag {
            16 => Self::Hello { version: reader.var_uint()?, token: reader.var_string()? },
            17 => Self::read_welcome(reader)?,
            18 => Self::Open { name: reader.var_string()? },
            19 => Self::Opened { name: reader.var_string()?, access: Access::read(reader)? },
            20 => Self::Close,
            21 => Self::Push { seq: reader.var_uint()?, update: reader.var_bytes()? },
            22 => Self::Received { seq: reader.var_uint()? },
            23 => Self::Durable { seq: reader.var_uint()? },
            24 => Self::Error {
                code: reader.var_uint()?,
                seq: reader.var_uint()?,
                detail: reader.var_string()?,
            },
            25 => Self::Token { token: reader.var_string()? },
            26 => Self::read_grant(reader)?,
            27 => Self::Signal { peer: reader.var_uint()?, payload: reader.var_bytes()? },
            28 => Self::Event { kind: reader.var_uint()?, payload: reader.var_bytes()? },
            29 => Self::Ping { nonce: reader.var_uint()? },
            30 => Self::Pong { nonce: reader.var_uint()? },
            31 => Self::Ask { state_vector: reader.var_bytes()?, digest: reader.var_bytes()? },
            32 => Self::Differ { buckets: reader.var_bytes()? },
            33 => Self::List { prefix: reader.var_string()? },
            34 => Self::Listed { prefix: reader.var_string()?, names: take_names(reader)? },
            _ => return Err(WireError::UnknownType(tag)),
        })
    }

    fn read_welcome(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        let (version, peer) = (reader.var_uint()?, reader.var_uint()?);
        let (mut grant, limits) = (Grant::read(reader)?, Limits::read(reader)?);
        let flags = reader.var_uint()?;
        let has = |flag| flags & flag != 0;
        let (keeps, digests, lists) = (has(FLAG_KEEPS), has(FLAG_DIGESTS), has(FLAG_LISTS));
        grant.name = read_name(reader)?;
        Ok(Self::Welcome { version, peer, grant, limits, keeps, digests, lists })
    }

    fn read_grant(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        let mut grant = Grant::read(reader)?;
        grant.name = read_name(reader)?;
        Ok(Self::Grant(grant))
    }

    fn write(&self, w: &mut Writer) {
        w.var_uint(self.tag());
        match self {
            Self::Sync(sync) => sync.write(w),
            Self::Awareness(update) => w.var_bytes(update),
            Self::PermissionDenied { reason } => {
                w.var_uint(0);
                w.var_string(reason);
            }
            Self::QueryAwareness | Self::Close => {}
            Self::Hello { version, token } => {
                w.var_uint(*version);
                w.var_string(token);
            }
            Self::Welcome { version, peer, grant, limits, keeps, digests, lists } => {
                w.var_uint(*version);
                w.var_uint(*peer);
                grant.write(w);
                limits.write(w);
                let flags = [(keeps, FLAG_KEEPS), (digests, FLAG_DIGESTS), (lists, FLAG_LISTS)];
                w.var_uint(flags.iter().filter(|(set, _)| **set).map(|(_, flag)| flag).sum());
                w.var_string(&grant.name);
            }
            Self::Open { name } | Self::List { prefix: name } => w.var_string(name),
            Self::Opened { name, access } => {
                w.var_string(name);
                w.var_uint(*access as u64);
            }
            Self::Push { seq, update } => {
                w.var_uint(*seq);
                w.var_bytes(update);
            }
            Self::Received { seq } | Self::Durable { seq } => w.var_uint(*seq),
            Self::Error { code, seq, detail } => {
                w.var_uint(*code);
                w.var_uint(*seq);
                w.var_string(detail);
            }
            Self::Token { token } => w.var_string(token),
            Self::Grant(grant) => {
                grant.write(w);
                w.var_string(&grant.name);
            }
            Self::Signal { peer: number, payload } | Self::Event { kind: number, payload } => {
                w.var_uint(*number);
                w.var_bytes(payload);
            }
            Self::Ping { nonce } | Self::Pong { nonce } => w.var_uint(*nonce),
            Self::Ask { state_vector, digest } => {
                w.var_bytes(state_vector);
                w.var_bytes(digest);
            }
            Self::Differ { buckets } => w.var_bytes(buckets),
            Self::Listed { prefix, names } => {
                w.var_string(prefix);
                w.bytes(names);
            }
        }
    }

    const fn tag(&self) -> u64 {
        match self {
            Self::Sync(_) => 0,
            Self::Awareness(_) => 1,
            Self::PermissionDenied { .. } => 2,
            Self::QueryAwareness => 3,
            Self::Hello { .. } => 16,
            Self::Welcome { .. } => 17,
            Self::Open { .. } => 18,
            Self::Opened { .. } => 19,
            Self::Close => 20,
            Self::Push { .. } => 21,
            Self::Received { .. } => 22,
            Self::Durable { .. } => 23,
            Self::Error { .. } => 24,
            Self::Token { .. } => 25,
            Self::Grant(_) => 26,
            Self::Signal { .. } => 27,
            Self::Event { .. } => 28,
            Self::Ping { .. } => 29,
            Self::Pong { .. } => 30,
            Self::Ask { .. } => 31,
            Self::Differ { .. } => 32,
            Self::List { .. } => 33,
            Self::Listed { .. } => 34,
        }
    }

    const fn payload_len(&self) -> usize {
        match self {
            Self::Sync(Sync::Step1(b) | Sync::Step2(b) | Sync::Update(b))
            | Self::Awareness(b)
            | Self::Push { update: b, .. }
            | Self::Signal { payload: b, .. }
            | Self::Event { payload: b, .. }
            | Self::Differ { buckets: b }
            | Self::Listed { names: b, .. } => b.len(),
            Self::Ask { state_vector, digest } => state_vector.len() + digest.len(),
            _ => 64,
        }
    }
}

impl<'a> Sync<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        let tag = reader.var_uint()?;
        let body = reader.var_bytes()?;
        match tag {
            0 => Ok(Self::Step1(body)),
            1 => Ok(Self::Step2(body)),
            2 => Ok(Self::Update(body)),
            _ => Err(WireError::UnknownType(tag)),
        }
    }

    fn write(self, writer: &mut Writer) {
        let (tag, body) = match self {
            Self::Step1(body) => (0, body),
            Self::Step2(body) => (1, body),
            Self::Update(body) => (2, body),
        };
        writer.var_uint(tag);
        writer.var_bytes(body);
    }
}

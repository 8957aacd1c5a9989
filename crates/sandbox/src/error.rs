//! What can go wrong before a simulated provider runs, or when its state is set from outside.

/// Why a sandbox file, a state or a name was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The sandbox file does not say a provider that can run; the place is that of the wrong text.
    #[error("{name}:{line}:{column}: {problem}")]
    File {
        /// The file's name, as given by the caller.
        name: String,
        /// Line, counted from 1.
        line: usize,
        /// Column in characters, counted from 1.
        column: usize,
        /// What is wrong there.
        problem: String,
    },
    /// A state to restore has another shape or names what the file does not declare.
    #[error("state refused: {0}")]
    State(String),
    /// A record set from outside does not fit its collection.
    #[error("record refused: {0}")]
    Record(String),
    /// No `[errors.…]` of this name is declared.
    #[error("no error named `{0}` is declared")]
    UnknownError(String),
    /// A fault that cannot be read, or that this provider does not have.
    #[error("the fault `{text}` is refused: {problem}")]
    Fault {
        /// The fault as written.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The listener is not bound to a loopback address.
    #[error("the listener is bound to {0}, which is not a loopback address")]
    NotLoopback(std::net::SocketAddr),
}

impl SandboxError {
    /// An error at a byte offset of `text`.
    pub(crate) fn at(name: &str, text: &str, offset: usize, problem: impl Into<String>) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(1, |tail| tail.chars().count() + 1);
        Self::File { name: name.to_owned(), line, column, problem: problem.into() }
    }
}

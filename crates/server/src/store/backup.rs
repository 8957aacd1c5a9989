//! A copy of the whole.

use std::path::Path;

use super::{Kind, Store, StoreError};

impl Store {
    /// Copies a SQLite store, as it is at one moment, into a new file that nobody else may read. Others may use the
    /// store meanwhile. What is sealed stays sealed: the keys are not in the copy.
    pub async fn backup(&self, file: &Path) -> Result<(), StoreError> {
        if self.inner.kind == Kind::Postgres {
            return Err(StoreError::Backup("a store in PostgreSQL is copied with pg_dump".to_owned()));
        }
        let shown = file.display().to_string();
        let failed = |why: String| StoreError::Backup(format!("{shown} cannot be written: {why}"));
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(file).map_err(|error| failed(error.to_string()))?;
        let path = file.to_str().ok_or_else(|| failed("the path is not UTF-8".to_owned()))?;
        let copied = sqlx::query("VACUUM INTO $1").bind(path.to_owned()).execute(self.pool()).await;
        match copied {
            Ok(_) => Ok(()),
            Err(error) => {
                // An empty file is left by nobody else: it was made above.
                let _ = std::fs::remove_file(file);
                Err(error.into())
            }
        }
    }
}

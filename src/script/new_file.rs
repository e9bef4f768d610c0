//! Files that are there whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use tempfile::{Builder, NamedTempFile, PersistError};

use super::template_error::TemplateError;

/// Writes a new file, with the directories it needs, and never over an existing one.
///
/// The contents are on the disk before the name appears, so no reader and no crash sees half a
/// file. On every error the temporary file is gone.
///
/// # Errors
/// [`TemplateError::Exists`] when anything has that name, even a dangling link;
/// [`TemplateError::Io`] when the file system refuses.
pub fn write_new(path: &Path, contents: &str) -> Result<(), TemplateError> {
    let directory = parent(path);
    fs::create_dir_all(directory).map_err(TemplateError::io("create directory", directory))?;
    let written = temporary(directory, contents).and_then(|file| put(file, path));
    match written {
        Ok(()) => {
            sync_directory(directory);
            Ok(())
        }
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
            Err(TemplateError::Exists { paths: vec![path.to_owned()] })
        }
        Err(cause) => Err(TemplateError::io("write", path)(cause)),
    }
}

/// Writes new files, all or none.
///
/// # Errors
/// As [`write_new`]; every name that is taken is told before anything is written.
pub fn write_all_new(files: &[(&Path, &str)]) -> Result<(), TemplateError> {
    let taken: Vec<_> = files
        .iter()
        .map(|(path, _)| *path)
        .filter(|path| path.symlink_metadata().is_ok())
        .map(Path::to_owned)
        .collect();
    if !taken.is_empty() {
        return Err(TemplateError::Exists { paths: taken });
    }
    for (index, (path, contents)) in files.iter().enumerate() {
        if let Err(error) = write_new(path, contents) {
            for (written, _) in &files[..index] {
                // The first error is the one to tell.
                let _ = fs::remove_file(written);
            }
            return Err(error);
        }
    }
    Ok(())
}

/// Replaces the contents of a file that exists, at once; its permissions stay, and its owner where
/// that is allowed. A link stays a link: the file it points to is replaced.
///
/// # Errors
/// [`TemplateError::Io`] when there is no such file or the file system refuses; the file is then
/// what it was.
pub fn replace(path: &Path, contents: &str) -> Result<(), TemplateError> {
    let exchange = || {
        let path = fs::canonicalize(path)?;
        let metadata = fs::metadata(&path)?;
        let directory = parent(&path);
        let file = temporary(directory, contents)?;
        keep_owner(file.as_file(), &metadata);
        file.as_file().set_permissions(metadata.permissions())?;
        file.persist(&path)?;
        sync_directory(directory);
        Ok(())
    };
    exchange().map_err(TemplateError::io("replace", path))
}

/// Gives a file these contents, whether it is there or not.
///
/// # Errors
/// As [`write_new`] and [`replace`].
pub fn write_or_replace(path: &Path, contents: &str) -> Result<(), TemplateError> {
    match path.exists() {
        true => replace(path, contents),
        false => write_new(path, contents),
    }
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A temporary file in `directory`, so that putting it in place is no copy. It does not end in
/// `.sql`, so nobody takes it for a revision.
fn temporary(directory: &Path, contents: &str) -> io::Result<NamedTempFile> {
    let mut file = Builder::new()
        .prefix(".migrator-")
        .suffix(".tmp")
        // Not the crate's private mode 0600: the umask decides, as for any new file.
        .make_in(directory, |path| File::create_new(path))?;
    file.as_file_mut().write_all(contents.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Gives the file its name unless that is taken: one system call that cannot overwrite
/// (a rename that refuses, or a hard link and an unlink).
fn put(file: NamedTempFile, path: &Path) -> io::Result<()> {
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(PersistError { error, .. }) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(PersistError { file, .. }) => put_over_reservation(file, path),
    }
}

/// For file systems that know neither (FAT, some network shares): takes the name with an empty
/// file, which only one process can do, and then renames over that.
fn put_over_reservation(file: NamedTempFile, path: &Path) -> io::Result<()> {
    drop(File::create_new(path)?);
    file.persist(path).map(drop).map_err(|refused| {
        // The first error is the one to tell.
        let _ = fs::remove_file(path);
        refused.error
    })
}

/// Only root may give files away, and only root needs it, so that a container's root leaves the
/// files of a mounted project to their owner. Anybody else replaces a file with one of their own.
#[cfg(unix)]
fn keep_owner(file: &File, metadata: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let _ = fchown(file, Some(metadata.uid()), Some(metadata.gid()));
}

#[cfg(not(unix))]
fn keep_owner(_file: &File, _metadata: &fs::Metadata) {}

/// Makes the new name survive a power cut. Without it the file is still whole or absent, so a
/// directory that cannot be opened or synced (some network shares) is no failure.
#[cfg(unix)]
fn sync_directory(directory: &Path) {
    let _ = File::open(directory).and_then(|directory| directory.sync_all());
}

#[cfg(not(unix))]
fn sync_directory(_directory: &Path) {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_new_file_gets_its_directories_and_nothing_else_stays() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a/b/new.sql");
        write_new(&path, "SELECT 1;\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "SELECT 1;\n");
        assert_eq!(names(path.parent().unwrap()), ["new.sql"]);
    }

    #[test]
    fn an_existing_file_is_never_overwritten() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("old.sql");
        fs::write(&path, "old").unwrap();
        let error = write_new(&path, "new").unwrap_err();
        assert_eq!(error.to_string(), format!("already exists: `{}`", path.display()));
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(root.path()), ["old.sql"]);
    }

    #[test]
    fn of_several_files_all_are_written_or_none() {
        let root = tempfile::tempdir().unwrap();
        let [a, b, c] = ["a.sql", "b.sql", "b.sql/c.sql"].map(|name| root.path().join(name));
        fs::write(&b, "old").unwrap();
        let taken = write_all_new(&[(&a, "new"), (&b, "new")]).unwrap_err();
        assert!(matches!(taken, TemplateError::Exists { .. }), "{taken}");
        assert_eq!(names(root.path()), ["b.sql"]);
        // A file is no folder.
        assert_eq!(write_all_new(&[(&a, "new"), (&c, "new")]).unwrap_err().kind(), "io");
        assert_eq!(names(root.path()), ["b.sql"]);
        write_all_new(&[(&a, "new")]).unwrap();
        assert_eq!(names(root.path()), ["a.sql", "b.sql"]);
    }

    #[test]
    fn of_several_writers_one_wins() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("one.sql");
        let texts = ["a", "b", "c", "d"];
        let wins = std::thread::scope(|scope| {
            let path = &path;
            let writers = texts.map(|text| scope.spawn(move || write_new(path, text).is_ok()));
            writers.map(|writer| writer.join().unwrap())
        });
        assert_eq!(wins.iter().filter(|won| **won).count(), 1);
        let winner = wins.iter().position(|won| *won).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), texts[winner]);
        assert_eq!(names(root.path()), ["one.sql"]);
    }

    #[test]
    fn a_reserved_name_is_filled_and_a_taken_one_is_not() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("new.sql");
        put_over_reservation(temporary(root.path(), "first").unwrap(), &path).unwrap();
        let error = put_over_reservation(temporary(root.path(), "second").unwrap(), &path);
        assert_eq!(error.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "first");
        assert_eq!(names(root.path()), ["new.sql"]);
    }

    #[test]
    fn a_refusal_names_the_path() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("file"), "").unwrap();
        let path = root.path().join("file/new.sql");
        let error = write_new(&path, "").unwrap_err();
        assert_eq!(error.kind(), "io");
        let directory = path.parent().unwrap().display();
        let expected = format!("cannot create directory `{directory}`: ");
        assert!(error.to_string().starts_with(&expected), "{error}");
    }

    #[test]
    fn a_name_that_is_too_long_leaves_no_temporary_file() {
        let root = tempfile::tempdir().unwrap();
        let error = write_new(&root.path().join("x".repeat(300)), "").unwrap_err();
        assert!(error.to_string().starts_with("cannot write `"), "{error}");
        assert_eq!(names(root.path()), Vec::<String>::new());
    }

    #[test]
    fn an_error_does_not_name_the_temporary_file() {
        let root = tempfile::tempdir().unwrap();
        let error = temporary(&root.path().join("missing"), "").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert!(!error.to_string().contains(".migrator-"), "{error}");
    }

    #[test]
    fn replace_changes_the_contents_of_an_existing_file_only() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("file.sql");
        let error = replace(&path, "new").unwrap_err();
        assert!(error.to_string().starts_with("cannot replace `"), "{error}");
        assert_eq!(names(root.path()), Vec::<String>::new());
        fs::write(&path, "old and longer").unwrap();
        replace(&path, "new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(root.path()), ["file.sql"]);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_the_usual_ones_and_replace_keeps_them() {
        use std::os::unix::fs::PermissionsExt;
        let root = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        let (usual, new) = (root.path().join("usual"), root.path().join("new"));
        fs::write(&usual, "").unwrap();
        write_new(&new, "").unwrap();
        assert_eq!(mode(&new), mode(&usual));

        fs::set_permissions(&new, fs::Permissions::from_mode(0o640)).unwrap();
        replace(&new, "changed").unwrap();
        assert_eq!(mode(&new), 0o640);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_written_through_when_new_and_stay_when_replaced() {
        let root = tempfile::tempdir().unwrap();
        let (target, link) = (root.path().join("target"), root.path().join("link"));
        std::os::unix::fs::symlink(&target, &link).unwrap();
        let error = write_new(&link, "new").unwrap_err();
        assert!(matches!(error, TemplateError::Exists { .. }), "{error}");
        assert!(!target.exists());

        fs::write(&target, "old").unwrap();
        replace(&link, "new").unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
    }
}

use std::fs;
use std::path::Path;

/// Copies a folder with everything in it, as a backup does.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the target folder can be created");
    for entry in fs::read_dir(from).expect("the source folder can be read") {
        let path = entry.expect("a folder entry").path();
        let target = to.join(path.file_name().expect("a file name"));
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            fs::copy(&path, &target).expect("the file can be copied");
        }
    }
}

//! Where Alembic's configuration is: a section of alembic.ini, pyproject.toml, or both.

use super::{AlembicProject, told};
use crate::python::alembic::{Alembic, BOTH};

const SECTIONS: &str = "[alembic]\nscript_location = nowhere\nsqlalchemy.url = sqlite:///wrong.db\n\n\
                        [shop]\nscript_location = alembic\nsqlalchemy.url = sqlite:///shop.db\n";

#[test]
fn another_section_of_alembic_ini() {
    for alembic in BOTH {
        let project = AlembicProject::new("branches", alembic);
        let knows = "import sys\nfrom alembic import context\n\n\
                     assert context.config.config_ini_section == context.config.cmd_opts.name == 'shop'\n";
        project.write("alembic/env.py", &(knows.to_owned() + &project.read("alembic/env.py")));
        project.write("alembic.ini", SECTIONS);
        let (document, code) = project.imported(&["-n", "shop", "--out", "behind"]);
        assert_eq!((code, told(&document).len()), (0, 4), "{document}");
        assert!(
            project.read("behind/migrator.toml").contains("/shop.db\""),
            "{}",
            project.read("behind/migrator.toml")
        );

        // As Alembic takes it: before the command.
        let python = alembic.python();
        let before = ["--name", "shop", "import", "alembic", "--python", python.to_str().unwrap(), "--out", "before"];
        project.run(&before).ok();
        assert_eq!(project.read("before/migrator.toml"), project.read("behind/migrator.toml"));

        let output = project.import(&["-n", "other"]).exits(1);
        let said = "error: the Alembic project cannot be read: `alembic.ini` has no section [other]; it has [alembic], [shop]\n";
        assert!(output.stderr.contains(said), "{output:?}");
        let both = ["-n", "shop", "import", "alembic", "-n", "shop"];
        let output = project.run(&both).exits(2);
        assert_eq!(output.stderr, "error: one section of alembic.ini is taken over at a time\n");
    }
}

/// What `alembic init --template pyproject` makes: the URL in one file, the rest in the other.
#[test]
fn pyproject_toml_and_alembic_ini() {
    let project = AlembicProject::new("rows", Alembic::Newest);
    let table = "[tool.alembic]\nscript_location = \"%(here)s/alembic\"\nfile_template = \"%%(rev)s\"\n";
    project.write("pyproject.toml", table);
    project.write("alembic.ini", "[alembic]\nsqlalchemy.url = sqlite:///both.db\n");
    let (document, _) = project.imported(&["--no-prove"]);
    assert_eq!(told(&document).len(), 7, "{document}");
    let configuration = project.read("migrator.toml");
    for line in ["file_template = \"{{ rev }}\"\n", "url = \"sqlite:///both.db\"\n"] {
        assert!(configuration.contains(line), "{configuration}");
    }
    project.import(&["--config", "pyproject.toml", "--no-prove", "--out", "named"]).exits(3);
    assert!(project.read("named/migrator.toml").contains("both.db"));

    // Alone it has no URL, which env.py may bring.
    std::fs::remove_file(project.path("alembic.ini")).unwrap();
    project.write(
        "alembic/env.py",
        &project.read("alembic/env.py").replace("config.get_main_option(\"sqlalchemy.url\")", "\"sqlite:///env.db\""),
    );
    project.import(&["--no-prove", "--out", "alone"]).exits(3);
    assert!(project.read("alone/migrator.toml").contains("env.db"));
}

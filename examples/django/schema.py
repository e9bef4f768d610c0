"""Prints the schema that Django's models declare, as SQL; migrator runs it for `--autogenerate`.

In migrator.toml, beside which this file stands:

    [autogenerate]
    command = ["python", "schema.py"]
"""

import os
import sys

# The module of the project's settings, unless DJANGO_SETTINGS_MODULE says another.
SETTINGS = "settings"


def main():
    import django

    sys.path.insert(0, os.getcwd())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    django.setup()
    from django.apps import apps
    from django.db import connection

    dialect = os.environ.get("MIGRATOR_DIALECT", connection.vendor)
    if connection.vendor != dialect:
        sys.exit(f"the settings have {connection.vendor}, and the database of migrator.toml is {dialect}")
    # Nothing is run: what the editor would send is collected. Foreign keys follow when it is left.
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy:
                editor.create_model(model)
    print("\n".join(editor.collected_sql))


if __name__ == "__main__":
    main()

"""a table built anew by hand"""
from alembic import op

revision = "c3"
down_revision = "c2"


def upgrade():
    op.execute("PRAGMA foreign_keys=OFF")
    op.execute("CREATE TABLE new_pets (id INTEGER PRIMARY KEY, owner_id INTEGER, kind TEXT)")
    op.execute("INSERT INTO new_pets SELECT id, owner_id, kind FROM pets")
    op.execute("DROP TABLE pets")
    op.execute("ALTER TABLE new_pets RENAME TO pets")
    op.execute("PRAGMA foreign_keys=ON")
    op.execute("CREATE TRIGGER kinds AFTER INSERT ON pets BEGIN UPDATE pets SET kind = lower(kind) WHERE id = NEW.id; END")


def downgrade():
    op.execute("DROP TRIGGER kinds")
    op.execute("ALTER TABLE pets ADD COLUMN weight NUMERIC(6, 2)")

"""one more binding

The new value must be there before it can be used.
"""
import sqlalchemy as sa
from alembic import op

revision = "d4"
down_revision = "d3"


def upgrade():
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE binding ADD VALUE 'leather'")
        op.create_index("books_shelf", "books", ["shelf_id"], postgresql_concurrently=True)
    op.alter_column("books", "binding", server_default="leather", existing_type=sa.Enum(name="binding"))


def downgrade():
    raise NotImplementedError("a value of an enum cannot be taken away")

"""tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "i1"
down_revision = None


def upgrade():
    op.create_table(
        "parcels",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("weight", sa.Numeric(8, 3)),
        sa.Column("sent", sa.DateTime(timezone=True)),
        sa.Column("marks", postgresql.ARRAY(sa.Text)),
        sa.Column("notes", postgresql.JSONB),
    )


def downgrade():
    op.drop_table("parcels")

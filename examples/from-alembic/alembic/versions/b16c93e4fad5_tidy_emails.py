"""lower-case addresses of customers

Two customers may turn out to be one, which only a program can tell.

Revision ID: b16c93e4fad5
Revises: a05b82f3e9d4
Create Date: 2022-03-30 17:05:59.000000

"""
import sqlalchemy as sa
from alembic import op

revision = "b16c93e4fad5"
down_revision = "a05b82f3e9d4"
branch_labels = None
depends_on = None


def upgrade():
    connection = op.get_bind()
    for id, email in connection.execute(sa.text("SELECT id, email FROM customers ORDER BY id")).fetchall():
        connection.execute(sa.text("UPDATE customers SET email = :email WHERE id = :id"), {"email": email.casefold(), "id": id})


def downgrade():
    pass

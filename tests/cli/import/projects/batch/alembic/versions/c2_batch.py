"""every option of a batch"""
import sqlalchemy as sa
from alembic import op

revision = "c2"
down_revision = "c1"


def upgrade():
    with op.batch_alter_table("people", recreate="always", table_args=(sa.CheckConstraint("age < 200", name="age_is_likely"),)) as batch:
        batch.add_column(sa.Column("email", sa.String(80), server_default="none", nullable=False))
        batch.alter_column("age", nullable=False, server_default="1", existing_type=sa.Integer)
        batch.alter_column("name", new_column_name="full_name", type_=sa.Text, existing_type=sa.String(30))
        batch.create_unique_constraint("uq_people_age", ["age"])
    with op.batch_alter_table("pets", reflect_args=[sa.Column("kind", sa.String(20))]) as batch:
        batch.drop_constraint("fk_pets_owner_id_people", type_="foreignkey")
        batch.create_foreign_key("fk_owner", "people", ["owner_id"], ["id"], ondelete="CASCADE")
        batch.create_index("ix_pets_kind", ["kind"])
    with op.batch_alter_table("toys", naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"}) as batch:
        batch.drop_constraint("uq_toys_name", type_="unique")
    with op.batch_alter_table("pets", recreate="never") as batch:
        batch.add_column(sa.Column("weight", sa.Float))
    copied = sa.Table("pets", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("owner_id", sa.Integer), sa.Column("kind", sa.String(20)), sa.Column("weight", sa.Float))
    with op.batch_alter_table("pets", copy_from=copied, table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.alter_column("weight", type_=sa.Numeric(6, 2), existing_type=sa.Float)


def downgrade():
    with op.batch_alter_table("pets") as batch:
        batch.drop_column("weight")
    with op.batch_alter_table("people") as batch:
        batch.drop_constraint("uq_people_age", type_="unique")
        batch.drop_column("email")
        batch.alter_column("full_name", new_column_name="name", type_=sa.String(30), existing_type=sa.Text)

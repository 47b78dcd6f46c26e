"""Tables and columns of 0.2.0 get the names of mesh collections."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meshes", "0001_initial")]

    operations = [
        migrations.RemoveConstraint("collection", "collection_name_once"),
        migrations.RemoveConstraint("thing", "thing_once"),
        migrations.RenameModel("Collection", "MeshCollection"),
        migrations.RenameModel("Thing", "Mesh3D"),
        migrations.RenameModel("Made", "MeshResult"),
        migrations.RenameField("mesh3d", "problem", "render_error"),
        migrations.RenameField("meshresult", "picture_key", "image_key"),
        migrations.AlterModelOptions("meshcollection", {"verbose_name": "mesh collection"}),
        migrations.AlterField(
            "mesh3d",
            "collection",
            models.ForeignKey("meshes.MeshCollection", on_delete=models.CASCADE, related_name="meshes"),
        ),
        migrations.AlterField(
            "meshresult",
            "collection",
            models.ForeignKey("meshes.MeshCollection", on_delete=models.CASCADE, related_name="results"),
        ),
        migrations.AddConstraint(
            "meshcollection",
            models.UniqueConstraint(fields=["organization", "name"], name="mesh_collection_name_once"),
        ),
        migrations.AddConstraint("mesh3d", models.UniqueConstraint(fields=["collection", "sha256"], name="mesh_once")),
    ]

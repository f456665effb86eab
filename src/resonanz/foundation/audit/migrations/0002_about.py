from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.AddIndex(
            "entry", models.Index(fields=["workspace", "target_kind", "target_id"], name="audit_about")
        ),
    ]

"""How every form of the product is drawn."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Our own field and form templates for `{{ form }}` and `{{ form.name.as_field_group }}`."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"

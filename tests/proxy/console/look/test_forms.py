"""Forms: label, hint and error belong to their field, for whoever does not see them side by side."""

from django import forms
from django.template import Context, Template


class Example(forms.Form):
    name = forms.CharField(label="Name", help_text="As in the roster")
    size = forms.ChoiceField(label="Size", choices=[("s", "Small"), ("l", "Large")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="I am sure", required=False)


def shown(form):
    return Template("{{ form }}").render(Context({"form": form}))


def test_a_field_has_its_label_and_hint():
    text = shown(Example())
    assert '<label for="id_name">Name</label>' in text
    assert '<p class="hint" id="id_name_helptext">As in the roster</p>' in text
    assert 'aria-describedby="id_name_helptext"' in text


def test_choices_are_a_group_with_a_legend():
    text = shown(Example())
    assert "<fieldset" in text
    assert "<legend>Size</legend>" in text


def test_what_can_be_left_out_says_so():
    class Note(forms.Form):
        note = forms.CharField(label="Note", required=False)

    assert 'Note <span class="optional">(optional)</span>' in shown(Note())


def test_what_is_wrong_stands_above_and_at_the_field():
    text = shown(Example({"name": "", "size": "s"}))
    assert '<a href="#id_name">Name: This field is required.</a>' in text
    assert 'aria-invalid="true"' in text
    assert 'id="id_name_error"' in text
    assert 'aria-describedby="id_name_helptext id_name_error"' in text


def test_typed_text_stays_text():
    text = shown(Example({"name": '"><script>alert(1)</script>', "size": "<b>"}))
    assert "<script>" not in text
    assert "<b>" not in text

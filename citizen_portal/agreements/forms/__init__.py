"""How a draft arrives from people: one question a page, each page a small form."""

from citizen_portal.agreements.forms.asking import StepForm, step_form

__all__ = ["StepForm", "step_form"]

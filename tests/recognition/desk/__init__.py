"""Tests of the registrar's desk."""

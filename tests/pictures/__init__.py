"""Tests of pictures: what is fetched for them, the process that draws them, and what they show."""

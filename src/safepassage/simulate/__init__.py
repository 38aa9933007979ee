"""How sure a plan is: many futures of it, each with what is unknown drawn."""

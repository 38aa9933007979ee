"""What a person gets: the summary in the terminal, the page, the timetable and the pictures."""

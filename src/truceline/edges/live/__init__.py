"""What runs while a mission is watched: the log followed, looked at, judged; what is seen kept for whoever asks."""

"""What Discord needs and no feature owns."""

provider "groq" {
  priority = 1

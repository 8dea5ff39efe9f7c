route "r" {
  targets = ["groq",
}

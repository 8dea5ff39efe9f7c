provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
}
retry {
  multiplier = 0.5
}

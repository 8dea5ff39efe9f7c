provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
}
retry {
  on_ambiguous = "ask"
}

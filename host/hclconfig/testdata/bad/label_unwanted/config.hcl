provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
}
retry "fast" {
  max_tries = 2
}

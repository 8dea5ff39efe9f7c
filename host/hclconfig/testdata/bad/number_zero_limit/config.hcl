provider "groq" {
  key "main" {
    value = env("SET")
    daily_limit = 0
  }
  model "fast" {}

}

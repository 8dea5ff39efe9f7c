provider "groq" {
  key "main" {
    value = env("SET")
    daily_limit = -1
  }
  model "fast" {}

}

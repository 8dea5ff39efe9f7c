provider "groq" {
  proxy = "user:canary-password@"
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}

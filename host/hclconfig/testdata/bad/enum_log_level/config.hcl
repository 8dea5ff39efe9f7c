provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
}
logging {
  level = "infoo"
}

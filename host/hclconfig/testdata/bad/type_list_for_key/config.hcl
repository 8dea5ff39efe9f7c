provider "groq" {
  key "main" {
    value = ["sk-canary-0123456789abcdef"]
  }
  model "fast" {}

}

auot = true
provider "groq" {
  prority = 1
  key "main" {
    value = env("EMPTY")
  }
  model "fast" {
    context = -5
  }
}
route "r" {
  targets = ["grok"]
}
logging {
  level = "loud"
}
